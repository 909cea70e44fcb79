/** What looks like a fault and is none: silence is right. */
import { delayPath } from '../testbed/delay.js';
import { startBulk, startClient, startServer } from '../workloads/index.js';
import { REST_EVERY, REST_MS } from '../workloads/protocol.js';
import { BURST } from './cpu-contention.js';
import type { Fault } from './fault.js';

export const nothing = (): Promise<() => Promise<void>> => Promise.resolve(() => Promise.resolve());

export const healthy: Fault = {
  id: 'healthy',
  title: 'nothing is injected',
  label: null,
  inject: nothing,
};

export const healthyBulk: Fault = {
  id: 'healthy_bulk',
  title: 'a bulk flow from a-p1 to b-p1, alone, fills its path, its own queue included, and ends',
  label: null,
  alone: true,
  inject(testbed) {
    const bulk = startBulk(testbed, { host: 'a', pod: 1 }, { host: 'b', pod: 1 }, { port: 5304 });
    return Promise.resolve(() => bulk.stop());
  },
};

export const healthyPause: Fault = {
  id: 'healthy_pause',
  title: `a client in a-p2 rests ${REST_MS} ms after every ${REST_EVERY} requests`,
  label: null,
  cast(testbed) {
    const to = { host: 'b', pod: 1 } as const;
    return {
      server: startServer(testbed, to, 8097),
      victims: [
        startClient(testbed, { host: 'a', pod: 2 }, to, {
          port: 8097,
          pauseMs: 5,
          mode: 'resting',
        }),
      ],
    };
  },
  inject: nothing,
};

/** A wide-area path: its delay is its own, and wanders. */
export const slowPath: Fault = {
  id: 'slow_path',
  title: 'the way from a to b has always taken 30±3 ms',
  label: null,
  prepare: (testbed) => delayPath(testbed, { ways: [['a', 'b']], delayMs: 30, jitterMs: 3 }),
  inject: nothing,
};

/** With two processors hosts a and c share the first: their traffic never sees the second. */
export const healthyHog: Fault = {
  id: 'healthy_hog',
  title: 'a job on the processor of b while only a-p1 and c-p1 talk',
  label: null,
  alone: true,
  cast(testbed) {
    const to = { host: 'c', pod: 1 } as const;
    return {
      server: startServer(testbed, to, 8096),
      victims: [startClient(testbed, { host: 'a', pod: 1 }, to, { port: 8096, pauseMs: 5 })],
    };
  },
  inject(testbed) {
    const job = testbed.processes.spawn(['bash', BURST, '30', '10'], {
      cpu: testbed.host('b').cpu,
      nice: 10,
    });
    return Promise.resolve(() => testbed.processes.end(job));
  },
};
