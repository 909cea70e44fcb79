import { startClient, startServer } from '../workloads/index.js';
import type { Fault } from './fault.js';

const PORT = 8098;
const CLIENTS = 4;

/** A stopped server with a short accept queue: the first connections fill it, SYNs of the others are dropped. */
export const listenOverflow: Fault = {
  id: 'listen_overflow',
  title: `the server on port ${PORT} of b-p1, with a backlog of 1, accepts no more`,
  label: { domain: 'receiver_host', host: 'b', layer: 'application', cause: 'listen_overflow' },
  cast(testbed) {
    const to = { host: 'b', pod: 1 } as const;
    const options = { port: PORT, pauseMs: 50, mode: 'short' } as const;
    return {
      server: startServer(testbed, to, PORT, 1),
      victims: Array.from({ length: CLIENTS }, () =>
        startClient(testbed, { host: 'a', pod: 2 }, to, options),
      ),
    };
  },
  inject(_, { server }) {
    server?.kill('SIGSTOP');
    return Promise.resolve(() => {
      server?.kill('SIGCONT');
      return Promise.resolve();
    });
  },
};
