import { describe, expect, it } from 'vitest';
import type { ColumnBatch } from '../common/schema/columns.js';
import { HeldSenders } from './held-senders.js';

const SECOND_NS = 1_000_000_000n;

const swept = (payloadBytes: bigint, role: string): ColumnBatch => ({
  stream: 'flow_interval',
  length: 1,
  columns: { payload_bytes: BigUint64Array.of(payloadBytes), tap_role: [role] },
});

/** Whether the sockets are looked at, at each of these seconds after a sweep. */
function looks(batch: ColumnBatch, ...seconds: readonly bigint[]): boolean[] {
  const senders = new HeldSenders({ host: 'a', falseAlarmsPerDay: 1 });
  senders.heed(batch, 100n * SECOND_NS);
  return seconds.map((s) => {
    let asked = false;
    const ask = (): Uint8Array[] => {
      asked = true;
      return [];
    };
    Array.from(senders.look(ask, (100n + s) * SECOND_NS));
    return asked;
  });
}

describe('the look at held senders', () => {
  it('is taken while a pod sends much, and for a while after', () => {
    expect(looks(swept(1_000_000n, 'pod'), 0n, 4n, 6n)).toEqual([true, true, false]);
  });

  it('is spared where pods only chat, or the uplink carries what is not theirs', () => {
    expect(looks(swept(10_000n, 'pod'), 0n)).toEqual([false]);
    expect(looks(swept(1_000_000n, 'uplink'), 0n)).toEqual([false]);
  });
});
