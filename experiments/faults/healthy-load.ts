/** Load that comes, goes and changes without filling anything: silence is right. */
import { startBulk, startSink, startStream } from '../workloads/index.js';
import { FASTER } from '../workloads/protocol.js';
import type { Fault } from './fault.js';

const PORT = 8088;
const MBIT = 5;
const STREAMS = 3;

export const healthyRateChange: Fault = {
  id: 'healthy_rate_change',
  title: `a stream from a-p1 to b-p1 goes from ${MBIT} to ${FASTER * MBIT} Mbit/s and back`,
  label: null,
  cast(testbed) {
    const to = { host: 'b', pod: 1 } as const;
    const server = startSink(testbed, to, PORT);
    const stream = startStream(testbed, { host: 'a', pod: 1 }, to, { port: PORT, mbit: MBIT });
    return { server, victims: [stream] };
  },
  inject(_, { victims }) {
    const toggle = (): Promise<void> => {
      for (const { process } of victims) process.kill('SIGUSR2');
      return Promise.resolve();
    };
    return toggle().then(() => toggle);
  },
};

/** The baseline's own traffic shows whether the newcomers hurt. */
export const healthyFlows: Fault = {
  id: 'healthy_flows',
  title: `${STREAMS} streams of ${MBIT} Mbit/s come from a-p2 to b-p1 and go`,
  label: null,
  inject(testbed) {
    const bulk = startBulk(
      testbed,
      { host: 'a', pod: 2 },
      { host: 'b', pod: 1 },
      { port: 5305, pacedMbit: MBIT, streams: STREAMS },
    );
    return Promise.resolve(() => bulk.stop());
  },
};

const HALF_MBIT = 30;

/** In bursts of a block: some requests wait for milliseconds, and nobody minds. */
export const healthyHalfLoad: Fault = {
  id: 'healthy_half_load',
  title: `c-p2 sends ${HALF_MBIT} Mbit/s to b-p2, in bursts`,
  label: null,
  inject(testbed) {
    const bulk = startBulk(
      testbed,
      { host: 'c', pod: 2 },
      { host: 'b', pod: 2 },
      { port: 5306, mbit: HALF_MBIT },
    );
    return Promise.resolve(() => bulk.stop());
  },
};
