import { startClient } from '../workloads/index.js';
import type { Fault } from './fault.js';

/** A client asks for a service that nobody runs. */
export const noListener: Fault = {
  id: 'no_listener',
  title: 'a-p2 connects to a port of b-p1 that nobody listens on',
  label: { domain: 'receiver_host', host: 'b', layer: 'socket', cause: 'no_listener' },
  inject(testbed) {
    const client = startClient(
      testbed,
      { host: 'a', pod: 2 },
      { host: 'b', pod: 1 },
      { port: 8099, pauseMs: 50 },
    );
    return Promise.resolve(() => testbed.processes.end(client.process));
  },
};
