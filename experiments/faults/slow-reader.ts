import { startSink, startStream } from '../workloads/index.js';
import { SLOW_READ_MS } from '../workloads/protocol.js';
import type { Fault } from './fault.js';

const PORT = 8090;

/** The reader of a stream sleeps between its reads: its receive queue fills and its window closes. */
export const slowReader: Fault = {
  id: 'slow_reader',
  title: `b-p1 sleeps ${SLOW_READ_MS} ms after each read of a stream of 20 Mbit/s from a-p1`,
  label: { domain: 'receiver_host', host: 'b', layer: 'application', cause: 'slow_reader' },
  cast(testbed) {
    const to = { host: 'b', pod: 1 } as const;
    return {
      server: startSink(testbed, to, PORT),
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
};
