/** What happens to a name server in b-p2 that pods of the other hosts ask. */
import { startNameServer, startResolver } from '../workloads/index.js';
import type { Testbed } from '../testbed/index.js';
import { dropForwarded } from './drop-rule.js';
import type { Cast, Fault } from './fault.js';
import { graded } from './grades.js';
import { INNER_BITS } from './middle-filter.js';

const PORT = 53;
const LATE_MS = 300;
const LATE = { what: 'time over each query', unit: 'ms', values: [100, LATE_MS, 900] } as const;
const LOST = { what: 'queries lost', unit: '%', values: [20, 50, 80] } as const;

function askedByTwo(testbed: Testbed, lateMs = LATE_MS): Cast {
  const to = { host: 'b', pod: 2 } as const;
  return {
    server: startNameServer(testbed, to, lateMs),
    victims: [
      startResolver(testbed, { host: 'a', pod: 1 }, to),
      startResolver(testbed, { host: 'c', pod: 1 }, to),
    ],
  };
}

export const dnsSlow = graded({ ...LATE, usual: LATE_MS }, (lateMs) => ({
  id: 'dns_slow',
  title: `the name server in b-p2 takes ${lateMs} ms over each query`,
  label: { domain: 'receiver_host', host: 'b', layer: 'application', cause: 'dns_slow' },
  cast: (testbed) => askedByTwo(testbed, lateMs),
  inject(_, { server }) {
    const toggle = (): Promise<void> => {
      server?.kill('SIGUSR2');
      return Promise.resolve();
    };
    return toggle().then(() => toggle);
  },
}));

/** Stopped: questions reach it and stay there. */
export const dnsStopped: Fault = {
  id: 'dns_stopped',
  title: 'the name server in b-p2 is stopped',
  label: { domain: 'receiver_host', host: 'b', layer: 'application', cause: 'dns_slow' },
  cast: (testbed) => askedByTwo(testbed),
  inject(_, { server }) {
    server?.kill('SIGSTOP');
    return Promise.resolve(() => {
      server?.kill('SIGCONT');
      return Promise.resolve();
    });
  },
};

const lossInTheMiddle = (id: string, title: string, match: string): Fault => ({
  id,
  title,
  label: { domain: 'network', host: null, layer: 'path', cause: 'dns_loss' },
  cast: (testbed) => askedByTwo(testbed),
  inject: ({ plan }) => dropForwarded(plan.middle, match),
});

export const dnsLoss = graded({ ...LOST, usual: 50 }, (percent) =>
  lossInTheMiddle(
    'dns_loss',
    `the middle drops ${percent} % of the queries to b`,
    `oifname to-b @th,${INNER_BITS + 16},16 ${PORT} numgen random mod 100 < ${percent}`,
  ),
);

export const dnsAnswersLost: Fault = lossInTheMiddle(
  'dns_answers_lost',
  'the middle drops all answers of the name server in b-p2',
  `iifname to-b @th,${INNER_BITS},16 ${PORT}`,
);

/** Looks the same from the client. */
export const dnsFiltered: Fault = {
  id: 'dns_filtered',
  title: 'a rule on b drops queries to the name server',
  label: { domain: 'receiver_host', host: 'b', layer: 'netfilter', cause: 'netfilter_drop' },
  cast: (testbed) => askedByTwo(testbed),
  inject: (testbed) => dropForwarded(testbed.host('b').netns, `udp dport ${PORT}`),
};
