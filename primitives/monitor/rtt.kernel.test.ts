import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FLOW_TABLES } from './index.js';
import { Bench, pause } from './fixture/bench.js';

const SACK = (start: number, end: number): number[] => [
  ...[1, 1, 5, 10],
  ...[...Array(4).keys()].map((i) => (start >>> (24 - 8 * i)) & 0xff),
  ...[...Array(4).keys()].map((i) => (end >>> (24 - 8 * i)) & 0xff),
];

/** What follows a pause as long as this is sampled; the clock of idle times may be a tick early. */
const IDLE_MS = 30;

describe.each(FLOW_TABLES)('with the flow table %s,', (flowTable) => {
  let bench: Bench;
  beforeEach(() => {
    bench = new Bench(flowTable);
    bench.handshake();
  });
  afterEach(() => bench.close());

  describe('samples at byte marks', () => {
    it('are exact when the ACK equals the end of the packet sent when idle', async () => {
      bench.client({ seq: 1, ack: 5001, payload: 100 });
      await pause(5);
      bench.server({ seq: 5001, ack: 101 });
      const { client, samples } = bench.sweep();
      expect(client).toMatchObject({ samples: 1, rtt_exact: 1, samples_void: 0 });
      expect(samples).toHaveLength(1);
      expect(samples[0]).toMatchObject({ mark: 1, closing_ack: 101, class: 'exact', piggyback: 0 });
      const took = Number(samples[0]?.['turnaround_ns']);
      expect(took).toBeGreaterThan(5e6);
      expect(took).toBeLessThan(60e6);
      expect(client['rtt_sum_ns']).toBe(samples[0]?.['turnaround_ns']);
      expect(client['rtt_min_ns']).toBe(samples[0]?.['turnaround_ns']);
    });

    it('are cumulative beyond the end, partial inside, and say when the ACK carried data', () => {
      bench.client({ seq: 1, ack: 5001, payload: 100 });
      bench.client({ seq: 101, ack: 5001, payload: 100 });
      bench.server({ seq: 5001, ack: 201, payload: 10 });
      bench.client({ seq: 201, ack: 5011, payload: 1000 });
      bench.server({ seq: 5011, ack: 601 });
      const { samples, client } = bench.sweep();
      expect(samples.filter(({ src_port }) => src_port === 40000)).toEqual(
        expect.arrayContaining([
          expect.objectContaining({ mark: 1, class: 'cumulative', piggyback: 1 }),
          expect.objectContaining({ mark: 201, closing_ack: 601, class: 'partial' }),
        ]),
      );
      expect(client).toMatchObject({ samples: 2, rtt_exact: 0 });
    });

    it('open at multiples of 2^14 although data are outstanding, and nowhere else', () => {
      bench.handshake(16000);
      bench.client({ seq: 16001, ack: 5001, payload: 200 });
      bench.client({ seq: 16201, ack: 5001, payload: 100 });
      bench.client({ seq: 16301, ack: 5001, payload: 1000 });
      bench.server({ seq: 5001, ack: 17301 });
      const { samples } = bench.sweep();
      expect(samples.map(({ mark }) => mark)).toEqual(expect.arrayContaining([16001, 16384]));
      expect(samples).toHaveLength(2);
      expect(samples.find(({ mark }) => mark === 16384)).toMatchObject({ class: 'exact' });
    });

    it('do not open for each segment of a stream whose ACKs return at once', () => {
      for (let i = 0; i < 5; i++) {
        bench.client({ seq: 1 + 100 * i, ack: 5001, payload: 100 });
        bench.server({ seq: 5001, ack: 101 + 100 * i });
      }
      expect(bench.sweep().samples).toEqual([expect.objectContaining({ mark: 1 })]);
    });

    it('survive the wrap of sequence numbers', () => {
      bench.handshake(0xffffffc0);
      bench.client({ seq: 0xffffffc1, ack: 5001, payload: 200 });
      bench.server({ seq: 5001, ack: 0x89 });
      const { client, samples } = bench.sweep();
      // Two marks: the packet was sent when idle, and it holds 0, a multiple of 2^14.
      expect(client).toMatchObject({ samples: 2, holes: 0, retransmitted_segments: 0 });
      expect(samples.every(({ closing_ack }) => closing_ack === 0x89)).toBe(true);
    });
  });

  describe('open samples are void', () => {
    it('on a re-send, until all that was sent by then is acknowledged', async () => {
      bench.client({ seq: 1, ack: 5001, payload: 100 });
      bench.client({ seq: 101, ack: 5001, payload: 100 });
      bench.client({ seq: 1, ack: 5001, payload: 100 });
      bench.server({ seq: 5001, ack: 101 });
      bench.client({ seq: 201, ack: 5001, payload: 1000 });
      bench.server({ seq: 5001, ack: 201 });
      const first = bench.sweep();
      expect(first.client).toMatchObject({
        samples: 0,
        samples_void: 1,
        retransmitted_segments: 1,
        retransmitted_bytes: 100n,
      });
      bench.server({ seq: 5001, ack: 1201 });
      await pause(IDLE_MS);
      bench.client({ seq: 1201, ack: 5001, payload: 10 });
      bench.server({ seq: 5001, ack: 1211 });
      expect(bench.sweep().client).toMatchObject({ samples: 1, samples_void: 0 });
    });

    it('on a re-send that was overtaken by new data on its way to the tap', async () => {
      bench.client({ seq: 1, ack: 5001, payload: 100, ipId: 10 });
      bench.server({ seq: 5001, ack: 101 });
      await pause(IDLE_MS);
      bench.client({ seq: 101, ack: 5001, payload: 100, ipId: 12 });
      bench.client({ seq: 51, ack: 5001, payload: 50, ipId: 11 });
      bench.server({ seq: 5001, ack: 201 });
      expect(bench.sweep().client).toMatchObject({ samples: 1, samples_void: 1, overtaken: 1 });
    });

    it('but not those that follow a re-send of what was acknowledged', async () => {
      bench.client({ seq: 1, ack: 5001, payload: 100 });
      bench.server({ seq: 5001, ack: 101 });
      bench.client({ seq: 51, ack: 5001, payload: 50 });
      await pause(IDLE_MS);
      bench.client({ seq: 101, ack: 5001, payload: 100 });
      bench.server({ seq: 5001, ack: 201 });
      expect(bench.sweep().client).toMatchObject({ samples: 2, samples_void: 0 });
    });

    it('on a hole', () => {
      bench.client({ seq: 1, ack: 5001, payload: 100 });
      bench.client({ seq: 301, ack: 5001, payload: 100 });
      bench.server({ seq: 5001, ack: 101 });
      expect(bench.sweep().client).toMatchObject({ samples: 0, samples_void: 1, holes: 1 });
    });

    it('on a SACK beyond the ACK, but not on a D-SACK', async () => {
      bench.client({ seq: 1, ack: 5001, payload: 100 });
      bench.server({ seq: 5001, ack: 1, options: SACK(51, 101) });
      bench.server({ seq: 5001, ack: 101 });
      expect(bench.sweep().client).toMatchObject({
        samples: 0,
        samples_void: 1,
        sack_acks: 1,
        sack_blocks: 1,
        dsacks: 0,
      });
      await pause(IDLE_MS);
      bench.client({ seq: 101, ack: 5001, payload: 100 });
      bench.server({ seq: 5001, ack: 101, options: SACK(1, 51) });
      bench.server({ seq: 5001, ack: 201 });
      expect(bench.sweep().client).toMatchObject({ samples: 1, samples_void: 0, dsacks: 1 });
    });
  });
});
