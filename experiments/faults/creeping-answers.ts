import { startClient, startServer } from '../workloads/index.js';
import { CREEP_MS, THINK_MS } from '../workloads/protocol.js';
import { graded } from './grades.js';

const PORT = 8098;
const SCALE = { what: 'time over each request', unit: 'ms', values: [15, THINK_MS, 60] } as const;

/** Each answer is hardly later than the last: no single one tells. */
export const creepingAnswers = graded({ ...SCALE, usual: THINK_MS }, (thinkMs) => ({
  id: 'creeping_answers',
  title: `the server in b-p1 comes to think ${thinkMs} ms over each request, within ${CREEP_MS / 1000} s`,
  label: { domain: 'receiver_host', host: 'b', layer: 'application', cause: 'app_limited' },
  baselineMs: 30_000,
  cast(testbed) {
    const to = { host: 'b', pod: 1 } as const;
    return {
      server: startServer(testbed, to, PORT, undefined, 'creeping', thinkMs),
      victims: [startClient(testbed, { host: 'a', pod: 1 }, to, { port: PORT, pauseMs: 5 })],
    };
  },
  inject(_, { server }) {
    const toggle = (): Promise<void> => {
      server?.kill('SIGUSR2');
      return Promise.resolve();
    };
    return toggle().then(() => toggle);
  },
}));
