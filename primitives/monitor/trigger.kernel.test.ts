import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FLOW_TABLES } from './index.js';
import { Bench, pause, type Record_ } from './fixture/bench.js';

describe.each(FLOW_TABLES)('with the flow table %s,', (flowTable) => {
  let bench: Bench;
  let sent = 1;
  let received = 5001;
  beforeEach(() => {
    bench = new Bench(flowTable);
    bench.handshake();
    sent = 1;
    received = 5001;
  });
  afterEach(() => bench.close());

  /** A byte of the server, what the client says to it, and the ACK of that, `ms` later. */
  async function exchange(ms: number): Promise<void> {
    bench.server({ seq: received, ack: sent, payload: 1 });
    received += 1;
    bench.client({ seq: sent, ack: received, payload: 10 });
    if (ms > 0) await pause(ms);
    sent += 10;
    bench.server({ seq: received, ack: sent });
  }

  const shifts = (): Record_[] => bench.alerts().filter(({ kind }) => kind === 'rtt_shift');

  it('raises an RTT shift against the own mean of the flow, once', async () => {
    for (let i = 0; i < 40; i++) await exchange(0);
    expect(shifts()).toEqual([]);
    for (let i = 0; i < 30; i++) await exchange(5);
    const alerts = shifts();
    expect(alerts).toEqual([expect.objectContaining({ kind: 'rtt_shift', src: '10.0.0.1' })]);
    expect(Number(alerts[0]?.['observed'])).toBeGreaterThan(5e6);
    expect(Number(alerts[0]?.['threshold'])).toBeLessThan(3e6);
  });

  it('takes a late burst for no shift', async () => {
    for (let i = 0; i < 40; i++) await exchange(0);
    for (let i = 0; i < 5; i++) await exchange(5);
    for (let i = 0; i < 20; i++) await exchange(0);
    expect(shifts()).toEqual([]);
  });

  it('raises a tail that grows while most values stay', async () => {
    for (let i = 0; i < 40; i++) await exchange(0);
    for (let i = 0; i < 80; i++) await exchange(i % 8 === 0 ? 20 : 0);
    expect(shifts()).toHaveLength(1);
  });

  it('does not learn the shift as the new normal', async () => {
    for (let i = 0; i < 64; i++) await exchange(0);
    for (let i = 0; i < 10; i++) await exchange(5);
    expect(Number(bench.sweep().client['rtt_mean_us'])).toBeLessThan(500);
  });

  it('stays silent for a path that has always been slow', async () => {
    for (let i = 0; i < 40; i++) await exchange(3);
    expect(shifts()).toEqual([]);
  });

  it('raises the third re-send within a second, and not each one after it', () => {
    bench.client({ seq: 1, ack: 5001, payload: 100 });
    for (let i = 0; i < 2; i++) bench.client({ seq: 1, ack: 5001, payload: 100 });
    expect(bench.alerts()).toEqual([]);
    for (let i = 0; i < 5; i++) bench.client({ seq: 1, ack: 5001, payload: 100 });
    expect(bench.alerts()).toEqual([
      expect.objectContaining({ kind: 'retransmission', observed: 3n }),
    ]);
  });
});
