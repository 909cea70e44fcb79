import { THINK_MS } from '../workloads/protocol.js';
import { graded } from './grades.js';

const SCALE = { what: 'time over each request', unit: 'ms', values: [10, THINK_MS, 100] } as const;

/** The server starts to take its time, asleep. */
export const appLimited = graded({ ...SCALE, usual: THINK_MS }, (thinkMs) => ({
  id: 'app_limited',
  title: `the server in b-p1 thinks ${thinkMs} ms over each request`,
  label: { domain: 'receiver_host', host: 'b', layer: 'application', cause: 'app_limited' },
  thinkMs,
  inject(_, { server }) {
    const toggle = (): Promise<void> => {
      server?.kill('SIGUSR2');
      return Promise.resolve();
    };
    return toggle().then(() => toggle);
  },
}));
