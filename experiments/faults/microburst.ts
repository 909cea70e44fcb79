import { makeShallow, setHostQueue } from '../testbed/build.js';
import { UPLINK_MBIT } from '../testbed/plan.js';
import {
  type PodRef,
  startBurster,
  startClient,
  startDrain,
  startServer,
} from '../workloads/index.js';
import { graded } from './grades.js';

const PORT = 8092;
const BURST_PORT = 9000;
/** What the switch port towards b holds; 40 full packets are 5 ms. */
const SCALE = { what: 'queue', unit: 'packets', values: [80, 40, 20] } as const;
/** Of c, more than the link carries: its bursts arrive as such, spread enough that others get between. */
const UPLINK_OF_C_MBIT = 200;

/** With the bytes of a burst; what a-p2 sends passes the queue of its own host at once. */
const SENDERS: readonly (readonly [PodRef, number])[] = [
  [{ host: 'a', pod: 2 }, 40_000],
  [{ host: 'c', pod: 1 }, 100_000],
  [{ host: 'c', pod: 2 }, 100_000],
];

/** Incast: several senders answer the same tick and meet in a short queue. */
export const microburst = graded({ ...SCALE, usual: 40 }, (packets) => ({
  id: 'microburst',
  title: `pods of a and c send to b-p2 at the same ticks, into a queue of ${packets} packets`,
  label: { domain: 'network', host: null, layer: 'path', cause: 'microburst' },
  alone: true,
  cast(testbed) {
    const [asked, drain] = [{ host: 'b', pod: 1 } as const, { host: 'b', pod: 2 } as const];
    startDrain(testbed, drain, BURST_PORT);
    return {
      server: startServer(testbed, asked, PORT),
      victims: ([1, 2] as const).map((pod) =>
        startClient(testbed, { host: 'a', pod }, asked, { port: PORT, pauseMs: 5 }),
      ),
      others: SENDERS.map(([from, bytes]) =>
        startBurster(testbed, from, drain, { port: BURST_PORT, bytes }),
      ),
    };
  },
  async inject(testbed, { others = [] }) {
    const [c, b] = [testbed.host('c'), testbed.host('b')];
    const toggle = (): void => others.forEach((burster) => burster.kill('SIGUSR2'));
    const deepen = await makeShallow(testbed.plan.middle, b.middlePort, packets);
    await setHostQueue(c, UPLINK_OF_C_MBIT);
    toggle();
    return async () => {
      toggle();
      await setHostQueue(c, UPLINK_MBIT.c);
      await deepen();
    };
  },
}));
