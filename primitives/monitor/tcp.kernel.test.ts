import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FLOW_TABLES } from './index.js';
import { Bench, pause } from './fixture/bench.js';
import { FLAGS, tcpFrame } from '../common/bpf/fixture/frames.js';

const WINDOW_SCALE_7 = [1, 3, 3, 7];

describe.each(FLOW_TABLES)('with the flow table %s,', (flowTable) => {
  let bench: Bench;
  beforeEach(() => {
    bench = new Bench(flowTable);
  });
  afterEach(() => bench.close());

  describe('what a flow sent', () => {
    it('counts bytes and segments of each direction once, as growth per sweep', () => {
      bench.handshake();
      bench.client({ seq: 1, ack: 5001, payload: 100 });
      expect(bench.sweep().client).toMatchObject({
        packets: 3,
        syns: 1,
        data_segments: 1,
        payload_bytes: 100n,
        wire_bytes: 220n,
        snd_max: 101,
      });
      bench.server({ seq: 5001, ack: 101 });
      const { client, server } = bench.sweep();
      expect(client).toMatchObject({ packets: 0, samples: 1, ack_max: 101 });
      expect(server).toMatchObject({ packets: 1, data_segments: 0 });
      expect(bench.sweep().flows).toEqual([]);
    });

    it('counts re-sends by range, and those 200 ms late as timeouts', async () => {
      bench.handshake();
      bench.client({ seq: 1, ack: 5001, payload: 100 });
      bench.client({ seq: 1, ack: 5001, payload: 100 });
      expect(bench.sweep().client).toMatchObject({
        retransmitted_segments: 1,
        rto_retransmissions: 0,
      });
      await pause(210);
      bench.client({ seq: 1, ack: 5001, payload: 100 });
      expect(bench.sweep().client).toMatchObject({
        retransmitted_segments: 1,
        rto_retransmissions: 1,
      });
      expect(bench.alerts()).toContainEqual(
        expect.objectContaining({ kind: 'rto', src: '10.0.0.1', dst_port: 80, tap_role: 'uplink' }),
      );
    });

    it('does not take an overtaken packet, a keep-alive or a window probe for a re-send', () => {
      bench.handshake();
      bench.client({ seq: 1, ack: 5001, payload: 100, ipId: 10 });
      bench.client({ seq: 201, ack: 5001, payload: 100, ipId: 12 });
      bench.client({ seq: 101, ack: 5001, payload: 100, ipId: 11 });
      bench.server({ seq: 5001, ack: 301 });
      bench.client({ seq: 300, ack: 5001, payload: 0, ipId: 13 });
      bench.client({ seq: 300, ack: 5001, payload: 1, ipId: 14 });
      bench.server({ seq: 5001, ack: 301, window: 0 });
      bench.client({ seq: 301, ack: 5001, payload: 1, ipId: 15 });
      bench.client({ seq: 301, ack: 5001, payload: 1, ipId: 16 });
      expect(bench.sweep().client).toMatchObject({
        holes: 1,
        retransmitted_segments: 0,
        zero_windows: 1,
        probes: 3,
      });
    });

    it('tells a re-send from a segment that was overtaken by its timestamp where there is no IP ID', () => {
      const timestamp = (value: number): number[] => [1, 1, 8, 10, 0, 0, 0, value, 0, 0, 0, 1];
      const ends = { src: 'fd00::1', dst: 'fd00::2', srcPort: 40000, dstPort: 80, ack: 1 };
      const send = (seq: number, value: number): void => {
        bench.run(tcpFrame({ ...ends, seq, payload: 100, options: timestamp(value) }));
      };
      send(1, 10);
      send(201, 12);
      send(101, 11);
      expect(bench.sweep().client).toMatchObject({
        overtaken: 1,
        holes: 1,
        hole_bytes: 100n,
        filled_bytes: 100n,
        retransmitted_segments: 0,
      });
      send(1, 13);
      expect(bench.sweep().client).toMatchObject({ overtaken: 0, retransmitted_segments: 1 });
    });

    it('scales the window when the handshake was seen, and reports a closed one', () => {
      bench.handshake(0, 5000, WINDOW_SCALE_7);
      bench.client({ seq: 1, ack: 5001, payload: 100 });
      bench.server({ seq: 5001, ack: 101, window: 500 });
      expect(bench.sweep().client).toMatchObject({ window_bytes: 64000, zero_windows: 0 });
      bench.server({ seq: 5001, ack: 101, window: 0 });
      bench.server({ seq: 5001, ack: 101, window: 0 });
      expect(bench.sweep().client).toMatchObject({ window_bytes: 0, zero_windows: 2 });
      expect(bench.alerts()).toEqual([
        expect.objectContaining({ kind: 'zero_window', src: '10.0.0.1' }),
      ]);
    });

    it('tells how long data have been outstanding', () => {
      bench.handshake();
      bench.client({ seq: 1, ack: 5001, payload: 100 });
      const since = bench.sweep().client['outstanding_since_ns'];
      expect(since).toBeGreaterThan(0n);
      // Nothing moved, and the row is there all the same.
      expect(bench.sweep().client).toMatchObject({ packets: 0, outstanding_since_ns: since });
      bench.server({ seq: 5001, ack: 101 });
      expect(bench.sweep().client).toMatchObject({ outstanding_since_ns: 0n });
    });
  });

  describe('response time', () => {
    it("runs from the client's first segment of a turn to the first data that answer it", async () => {
      bench.handshake();
      bench.client({ seq: 1, ack: 5001, payload: 100 });
      bench.client({ seq: 101, ack: 5001, payload: 100 });
      bench.server({ seq: 5001, ack: 201 });
      await pause(8);
      bench.server({ seq: 5001, ack: 201, payload: 50 });
      bench.server({ seq: 5051, ack: 201, payload: 50 });
      const { client, server } = bench.sweep();
      expect(client).toMatchObject({ responses: 1 });
      expect(Number(client['response_sum_ns'])).toBeGreaterThan(8e6);
      // The client's next request is no response to the server.
      bench.client({ seq: 201, ack: 5101, payload: 100 });
      expect(server).toMatchObject({ responses: 0 });
      expect(bench.sweep().server).toMatchObject({ responses: 0 });
    });
  });

  describe('connection setup', () => {
    it('raises a SYN that is repeated', () => {
      bench.client({ seq: 0, flags: FLAGS.syn });
      expect(bench.alerts()).toEqual([]);
      bench.client({ seq: 0, flags: FLAGS.syn });
      expect(bench.alerts()).toEqual([
        expect.objectContaining({ kind: 'syn_retry', observed: 1n }),
      ]);
      expect(bench.sweep().client).toMatchObject({ syns: 2, syn_retries: 1 });
    });

    it('calls a RST that answers a SYN refused, and blames the initiator’s direction', () => {
      bench.client({ seq: 0, flags: FLAGS.syn });
      bench.server({ seq: 0, ack: 1, flags: FLAGS.rst | FLAGS.ack });
      expect(bench.alerts()).toEqual([
        expect.objectContaining({ kind: 'refused', src: '10.0.0.1', dst: '10.0.0.2' }),
      ]);
      expect(bench.sweep().server).toMatchObject({ resets: 1 });
    });

    it('raises a RST amid data, but not one after the FIN', () => {
      bench.handshake();
      bench.client({ seq: 1, ack: 5001, payload: 10 });
      bench.server({ seq: 5001, ack: 11, flags: FLAGS.rst | FLAGS.ack });
      expect(bench.alerts()).toEqual([expect.objectContaining({ kind: 'reset', src: '10.0.0.2' })]);
      bench.handshake(70000, 90000);
      bench.client({ seq: 70001, ack: 90001, payload: 10, flags: FLAGS.fin | FLAGS.ack });
      bench.server({ seq: 90001, ack: 70012, flags: FLAGS.rst | FLAGS.ack });
      expect(bench.alerts()).toEqual([]);
    });
  });
});
