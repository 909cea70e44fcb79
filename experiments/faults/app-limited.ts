import { THINK_MS } from '../workloads/protocol.js';
import type { Fault } from './fault.js';

/** The server starts to take its time, asleep. */
export const appLimited: Fault = {
  id: 'app_limited',
  title: `the server in b-p1 thinks ${THINK_MS} ms over each request`,
  label: { domain: 'receiver_host', host: 'b', layer: 'application', cause: 'app_limited' },
  inject(_, { server }) {
    const toggle = (): Promise<void> => {
      server?.kill('SIGUSR2');
      return Promise.resolve();
    };
    return toggle().then(() => toggle);
  },
};
