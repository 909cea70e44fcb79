/** Connections that wait, end or vanish as their users want: silence is right. */
import { startClient, startServer } from '../workloads/index.js';
import { IDLE_MS, LEAVE_EVERY, NAGLE_EVERY } from '../workloads/protocol.js';
import { batch } from '../../primitives/common/loader/iproute2.js';
import type { Testbed } from '../testbed/index.js';
import type { Cast, Fault } from './fault.js';
import { nothing } from './healthy-controls.js';

const PORT = 8091;
const POLLS = 3;
const A2 = { host: 'a', pod: 2 } as const;
const B1 = { host: 'b', pod: 1 } as const;
const B2 = { host: 'b', pod: 2 } as const;

export const healthyIdle: Fault = {
  id: 'healthy_idle',
  title: `a client in a-p2 asks every ${IDLE_MS / 1000} s over a connection that is idle between`,
  label: null,
  cast: (testbed) => ({
    server: startServer(testbed, B1, PORT),
    victims: [startClient(testbed, A2, B1, { port: PORT, pauseMs: IDLE_MS })],
  }),
  inject: nothing,
};

/** The second half waits for the ACK of the first, which the server delays: 40 ms that nobody's processor takes. */
export const healthyNagle: Fault = {
  id: 'healthy_nagle',
  title: `a client in a-p2 writes every ${NAGLE_EVERY}th request in two halves, without TCP_NODELAY`,
  label: null,
  cast: (testbed) => ({
    server: startServer(testbed, B1, PORT),
    victims: [startClient(testbed, A2, B1, { port: PORT, pauseMs: 5, mode: 'halving' })],
  }),
  inject: nothing,
};

/** Another client, whose account shows that nobody is hurt where the users themselves cannot tell. */
const bystander = (testbed: Testbed): Cast['victims'] => [
  startClient(testbed, A2, B1, { port: PORT + 1, pauseMs: 5 }),
];

export const healthyPolling: Fault = {
  id: 'healthy_polling',
  title: `${POLLS} clients in a-p2 await events of b-p1 by long polling`,
  label: null,
  cast(testbed) {
    const server = startServer(testbed, B1, PORT, undefined, 'polling');
    for (let n = 0; n < POLLS; n++) startClient(testbed, A2, B1, { port: PORT, pauseMs: 5 });
    startServer(testbed, B1, PORT + 1);
    return { server, victims: bystander(testbed) };
  },
  inject: nothing,
};

export const healthyLeaving: Fault = {
  id: 'healthy_leaving',
  title: `a client in a-p2 resets its connection instead of awaiting the ${LEAVE_EVERY}th answer`,
  label: null,
  cast(testbed) {
    const server = startServer(testbed, B1, PORT);
    startClient(testbed, A2, B1, { port: PORT, pauseMs: 5, mode: 'leaving' });
    startServer(testbed, B1, PORT + 1);
    return { server, victims: bystander(testbed) };
  },
  inject: nothing,
};

/** Whoever asked it notices, but that is what was wanted. */
export const healthyDeletedPod: Fault = {
  id: 'healthy_deleted_pod',
  title: 'pod b-p2, which a-p2 asks, is deleted',
  label: null,
  cast(testbed) {
    const server = startServer(testbed, B2, PORT);
    startClient(testbed, A2, B2, { port: PORT, pauseMs: 5 });
    startServer(testbed, B1, PORT + 1);
    return { server, victims: bystander(testbed) };
  },
  async inject(testbed, { server }) {
    const { netns } = testbed.host('b');
    await batch('ip', [`link delete ${testbed.pod('b', 2).veth}`], netns);
    if (server) await testbed.processes.end(server);
    return () => Promise.resolve();
  },
};
