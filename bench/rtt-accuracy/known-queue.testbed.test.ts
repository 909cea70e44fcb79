import { describe, expect, it } from 'vitest';
import type { Reading } from '../../experiments/reference/marks.js';
import { CLIENT_ADDRESS, type PathOptions, QUEUE_MS } from '../../experiments/testbed/path.js';
import { lookAt, type Seen } from './look.js';
import { measure } from './measure.js';

const MBIT = 10;
const SECONDS = 4;
const HEADERS_BYTES = 80;
/**
 * Packets that an interrupt leaves to ksoftirqd wait for their turn among processes: some slices of 3 ms. What waits
 * behind a hole waits for a round trip of a filled queue at least, which is more than twice as long.
 */
const SCHEDULING_MS = 15;

const clientData = ({ readings }: Seen): Reading[] =>
  [...readings.byDirection].flatMap(([direction, all]) =>
    direction.startsWith(`${CLIENT_ADDRESS}:`) ? all : [],
  );

const longestMs = (all: readonly { readonly turnaroundNs: number }[]): number =>
  Math.max(...all.map(({ turnaroundNs }) => turnaroundNs)) / 1e6;

describe.each([
  { of: 'super-packets', offloads: true },
  { of: 'one segment a packet', offloads: false },
])('of $of at 10 Mbit/s with a queue of 40 ms and no delayed ACKs, no sample', ({ offloads }) => {
  const runs: { under: string; impaired: Partial<PathOptions> }[] = [
    { under: '2 % loss', impaired: { lossPercent: 2 } },
    { under: '0.5 % overtaking', impaired: { overtakingPercent: 0.5 } },
  ];
  it.each(runs)('exceeds what the queue can hold, under $under', async ({ impaired }) => {
    const path: PathOptions = { offloads, bottleneckMbit: MBIT, quickAcks: true, ...impaired };
    const kind = { id: 'queue', title: 'queue', path, flows: 2, seconds: SECONDS } as const;
    const places = await measure({ ...kind, mode: 'stream' }, (all) =>
      Promise.all(all.map(lookAt)),
    );
    for (const seen of places) {
      const longestBytes = Math.max(...seen.captured.frames.map(({ length }) => length));
      // What is queued, and what the shaper let out on credit before it.
      const queueMs = QUEUE_MS + ((longestBytes + HEADERS_BYTES) * 8) / (MBIT * 1000);
      const boundMs = (seen.place === 'near_client' ? queueMs : 0) + SCHEDULING_MS;
      const samples = seen.samples.filter(({ src }) => src.startsWith(`${CLIENT_ADDRESS}:`));
      const spoiled = clientData(seen).filter(({ spoiledBy }) => spoiledBy !== undefined);
      expect(samples.length).toBeGreaterThan(100);
      expect(longestMs(samples), seen.place).toBeLessThan(boundMs);
      // The bound would tell: what the monitor refused exceeds it.
      expect(longestMs(spoiled), seen.place).toBeGreaterThan(boundMs);
    }
  });
});
