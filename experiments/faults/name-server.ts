/** What happens to a name server in b-p2 that pods of the other hosts ask. */
import { startNameServer, startResolver } from '../workloads/index.js';
import { DNS_LATE_MS } from '../workloads/protocol.js';
import type { Testbed } from '../testbed/index.js';
import { dropForwarded } from './drop-rule.js';
import type { Cast, Fault } from './fault.js';
import { INNER_BITS } from './middle-filter.js';

const PORT = 53;
const LOST_PERCENT = 50;

function askedByTwo(testbed: Testbed): Cast {
  const to = { host: 'b', pod: 2 } as const;
  return {
    server: startNameServer(testbed, to),
    victims: [
      startResolver(testbed, { host: 'a', pod: 1 }, to),
      startResolver(testbed, { host: 'c', pod: 1 }, to),
    ],
  };
}

export const dnsSlow: Fault = {
  id: 'dns_slow',
  title: `the name server in b-p2 takes ${DNS_LATE_MS} ms over each query`,
  label: { domain: 'receiver_host', host: 'b', layer: 'application', cause: 'dns_slow' },
  cast: askedByTwo,
  inject(_, { server }) {
    const toggle = (): Promise<void> => {
      server?.kill('SIGUSR2');
      return Promise.resolve();
    };
    return toggle().then(() => toggle);
  },
};

/** Stopped: questions reach it and stay there. */
export const dnsStopped: Fault = {
  ...dnsSlow,
  id: 'dns_stopped',
  title: 'the name server in b-p2 is stopped',
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
  cast: askedByTwo,
  inject: ({ plan }) => dropForwarded(plan.middle, match),
});

export const dnsLoss: Fault = lossInTheMiddle(
  'dns_loss',
  `the middle drops ${LOST_PERCENT} % of the queries to b`,
  `oifname to-b @th,${INNER_BITS + 16},16 ${PORT} numgen random mod 100 < ${LOST_PERCENT}`,
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
  cast: askedByTwo,
  inject: (testbed) => dropForwarded(testbed.host('b').netns, `udp dport ${PORT}`),
};
