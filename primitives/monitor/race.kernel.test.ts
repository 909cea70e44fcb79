import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { afterEach, expect, it } from 'vitest';
import { artifact } from '../common/artifacts.js';
import { tcpFrame } from '../common/bpf/fixture/frames.js';
import { FLOW_TABLES } from './index.js';
import { Bench, CLIENT_TO_SERVER, SERVER_TO_CLIENT } from './fixture/bench.js';

/** A mark in each eighth; a test run takes no longer frames than a page. */
const SEGMENT_BYTES = 2 ** 11;
const SEGMENTS = 50_000;

const TCP_SEQ = 38;
const TCP_ACK = 42;

/** More than a direction keeps open. */
const OUTSTANDING = 6;

/** Runs the frame for one segment after the other, at most `lead` ahead of `other`, and counts them in `own`. */
const RUNNER = `
const { workerData } = require('node:worker_threads');
const { addon, program, frame, field, first, bytes, segments, own, other, lead } = workerData;
const native = require(addon);
const view = new DataView(frame.buffer, frame.byteOffset);
for (let i = 0; i < segments; i++) {
  while (i >= Atomics.load(other, 0) + lead);
  view.setUint32(field, first + i * bytes);
  native.programTestRun(program, frame, 1);
  Atomics.store(own, 0, i + 1);
}`;

let bench: Bench;
afterEach(() => bench.close());

it.each(FLOW_TABLES)(
  'with %s, two processors close each sample with its own ACK',
  async (table) => {
    bench = new Bench(table);
    bench.handshake();
    const data = tcpFrame({ ...CLIENT_TO_SERVER, seq: 1, ack: 5001, payload: SEGMENT_BYTES });
    const ack = tcpFrame({ ...SERVER_TO_CLIENT, seq: 5001 });
    const [sent, acked] = [0, 1].map(() => new Int32Array(new SharedArrayBuffer(4)));
    const run = (program: string, options: object): Promise<unknown> => {
      const shared = {
        bytes: SEGMENT_BYTES,
        segments: SEGMENTS,
        program: bench.object.program(program).fd,
      };
      const workerData = { addon: artifact('build/netverdict.node'), ...shared, ...options };
      return once(new Worker(RUNNER, { eval: true, workerData }), 'exit');
    };
    await Promise.all([
      run('nv_tap_ingress', {
        ...{ frame: data, field: TCP_SEQ, first: 1 },
        ...{ own: sent, other: acked, lead: OUTSTANDING },
      }),
      run('nv_tap_egress', {
        ...{ frame: ack, field: TCP_ACK, first: 1 + SEGMENT_BYTES },
        ...{ own: acked, other: sent, lead: 0 },
      }),
    ]);
    const { client } = bench.sweep();
    expect(Number(client['samples'])).toBeGreaterThan(SEGMENTS / 20);
    // Every ACK is the end of a segment: who was closed by another ACK than its own is not exact.
    expect(client['rtt_exact']).toBe(client['samples']);
    const mean = Number(client['rtt_sum_ns']) / Number(client['samples']);
    expect(mean).toBeLessThan(1e9);
  },
  30_000,
);
