import { startSink, startStream } from '../workloads/index.js';
import { graded } from './grades.js';

const PORT = 8090;
const SCALE = { what: 'sleep after each read', unit: 'ms', values: [50, 200, 800] } as const;

/** The reader of a stream sleeps between its reads: its receive queue fills and its window closes. */
export const slowReader = graded({ ...SCALE, usual: 200 }, (sleepMs) => ({
  id: 'slow_reader',
  title: `b-p1 sleeps ${sleepMs} ms after each read of a stream of 20 Mbit/s from a-p1`,
  label: { domain: 'receiver_host', host: 'b', layer: 'application', cause: 'slow_reader' },
  cast(testbed) {
    const to = { host: 'b', pod: 1 } as const;
    return {
      server: startSink(testbed, to, PORT, sleepMs),
      victims: [startStream(testbed, { host: 'a', pod: 1 }, to, { port: PORT, mbit: 20 })],
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
