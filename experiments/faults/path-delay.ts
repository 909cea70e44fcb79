import { type Delay, delayPath } from '../testbed/delay.js';
import { startClient, startServer } from '../workloads/index.js';
import type { Cast, Fault } from './fault.js';
import { graded } from './grades.js';
import type { Testbed } from '../testbed/index.js';

const longer = (id: string, title: string, delay: Delay): Fault => ({
  id,
  title,
  label: { domain: 'network', host: null, layer: 'path', cause: 'path_delay' },
  inject: (testbed) => delayPath(testbed, delay),
});

const SCALE = { what: 'delay', unit: 'ms', values: [10, 50, 150] } as const;

export const pathDelay = graded({ ...SCALE, usual: 50 }, (delayMs) => {
  const jitterMs = delayMs / 5;
  return longer('path_delay', `the way from a to b becomes ${delayMs}±${jitterMs} ms longer`, {
    ways: [['a', 'b']],
    delayMs,
    jitterMs,
  });
});

export const pathDelayBack = longer('path_delay_5ms', 'the way from b to a becomes 5 ms longer', {
  ways: [['b', 'a']],
  delayMs: 5,
});

const PORT = 8094;

/** A client without a pause: who asks all the time feels a millisecond. */
function chatty(testbed: Testbed): Cast {
  const to = { host: 'b', pod: 1 } as const;
  return {
    server: startServer(testbed, to, PORT),
    victims: [startClient(testbed, { host: 'a', pod: 2 }, to, { port: PORT, pauseMs: 0 })],
  };
}

export const pathDelaySlight: Fault = {
  ...longer('path_delay_1ms', 'the ways between a and b become 1 ms longer each', {
    ways: [
      ['a', 'b'],
      ['b', 'a'],
    ],
    delayMs: 1,
  }),
  cast: chatty,
};
