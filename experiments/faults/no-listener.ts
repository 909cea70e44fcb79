import { startClient, startServer } from '../workloads/index.js';
import type { Fault } from './fault.js';

const PORT = 8099;

/** A service goes away while its clients keep asking. */
export const noListener: Fault = {
  id: 'no_listener',
  title: `the server on port ${PORT} of b-p1 ends, a-p2 keeps connecting to it`,
  label: { domain: 'receiver_host', host: 'b', layer: 'socket', cause: 'no_listener' },
  cast(testbed) {
    const to = { host: 'b', pod: 1 } as const;
    const options = { port: PORT, pauseMs: 50, mode: 'short' } as const;
    return {
      server: startServer(testbed, to, PORT),
      victims: [startClient(testbed, { host: 'a', pod: 2 }, to, options)],
    };
  },
  async inject(testbed, { server }) {
    if (server) await testbed.processes.end(server);
    return () => {
      startServer(testbed, { host: 'b', pod: 1 }, PORT);
      return Promise.resolve();
    };
  },
};
