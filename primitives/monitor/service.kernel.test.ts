import { afterEach, describe, expect, it } from 'vitest';
import { FLAGS, tcpFrame, udpFrame } from '../common/bpf/fixture/frames.js';
import { Bench, CLIENT_TO_SERVER, pause, type Record_, SERVER_TO_CLIENT } from './fixture/bench.js';

const benches: Bench[] = [];
afterEach(() => {
  for (const bench of benches.splice(0)) bench.close();
});

function open(): Bench {
  const bench = new Bench('set_associative', 256);
  benches.push(bench);
  return bench;
}

/** Handshake, a request, its answer `ms` later, and the end. */
async function shortConnection(bench: Bench, port: number, ms: number, acked = false) {
  const client = (segment: object): void =>
    void bench.run(tcpFrame({ ...CLIENT_TO_SERVER, srcPort: port, ...segment }));
  const server = (segment: object): void =>
    void bench.run(tcpFrame({ ...SERVER_TO_CLIENT, dstPort: port, ...segment }), 'nv_tap_egress');
  client({ seq: 0, flags: FLAGS.syn });
  server({ seq: 5000, ack: 1, flags: FLAGS.syn | FLAGS.ack });
  client({ seq: 1, ack: 5001 });
  client({ seq: 1, ack: 5001, payload: 100 });
  if (acked) server({ seq: 5001, ack: 101 });
  if (ms > 0) await pause(ms);
  server({ seq: 5001, ack: 101, payload: 200 });
  client({ seq: 101, ack: 5201, flags: FLAGS.fin | FLAGS.ack });
  server({ seq: 5201, ack: 102, flags: FLAGS.fin | FLAGS.ack });
}

describe('connections of one request each', () => {
  it('raise a shift together, which none of them could', async () => {
    const bench = open();
    for (let n = 0; n < 40; n++) await shortConnection(bench, 40_000 + n, 0);
    expect(bench.alerts()).toEqual([]);
    for (let n = 0; n < 30; n++) await shortConnection(bench, 41_000 + n, 6);
    const [alert] = bench.alerts();
    expect(alert).toMatchObject({ kind: 'response_shift', of_service: 1, dst_port: 80 });
    expect(Number(alert?.['observed'])).toBeGreaterThan(6e6);
  });

  it('raise none in a service that has always been slow', async () => {
    const bench = open();
    for (let n = 0; n < 50; n++) await shortConnection(bench, 40_000 + n, 4);
    expect(bench.alerts()).toEqual([]);
  });
});

describe('a question and its answer', () => {
  const samples = (bench: Bench): Record_[] => bench.sweep().samples;

  it('are a sample of their own where the question was acknowledged first', async () => {
    const bench = open();
    await shortConnection(bench, 40_000, 5, true);
    const [bare, answered] = samples(bench).filter(({ mark }) => mark === 1);
    expect(bare).toMatchObject({ piggyback: 0, closing_ack: 101 });
    expect(answered).toMatchObject({ class: 'answer', piggyback: 1, closing_ack: 101 });
    expect(Number(answered?.['turnaround_ns'])).toBeGreaterThan(5e6);
  });

  it('are no second sample where the answer acknowledged it', async () => {
    const bench = open();
    await shortConnection(bench, 40_000, 1);
    expect(samples(bench).filter(({ mark }) => mark === 1)).toHaveLength(1);
  });

  it('are a sample of datagrams, known by what is in them', async () => {
    const bench = open();
    const named = (name: string): Buffer => Buffer.from(name.padEnd(64, '.'));
    const exchange = async (question: string, answer: string): Promise<void> => {
      bench.run(udpFrame('10.0.0.1', '10.0.0.2', 40_000, 5004, named(question)));
      await pause(2);
      bench.run(udpFrame('10.0.0.2', '10.0.0.1', 5004, 40_000, named(answer)), 'nv_tap_egress');
    };
    for (const name of ['one', 'two', 'one']) await exchange(name, `re: ${name}`);
    const told = samples(bench);
    expect(told).toHaveLength(3);
    expect(told.every(({ turnaround_ns }) => Number(turnaround_ns) > 2e6)).toBe(true);
    const [one, two, again] = told.map(({ mark }) => mark);
    expect(two).not.toBe(one);
    expect(again).toBe(one);
  });
});
