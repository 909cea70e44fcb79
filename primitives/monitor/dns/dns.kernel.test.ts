import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FLAGS, tcpFrame, udpFrame, unreachableFrame } from '../../common/bpf/fixture/frames.js';
import { pause } from '../fixture/bench.js';
import { LossCounters } from '../../common/loader/index.js';
import { MONITOR_LOSSES } from '../losses.js';
import {
  answer,
  CLIENT,
  DnsBench,
  fromClient,
  fromServer,
  prefixed,
  query,
  SERVER,
} from './fixture.js';

let dns: DnsBench;
beforeEach(() => {
  dns = new DnsBench();
});
afterEach(() => dns.close());

describe('an exchange', () => {
  it('is one record with its name, type, times and answer', async () => {
    dns.run(fromClient(query({ id: 0xbeef, name: 'Example.ORG', type: 28 })));
    await pause(5);
    dns.run(fromServer(answer({ id: 0xbeef, name: 'example.org', type: 28, answers: 3 })));
    const [row, ...more] = dns.sweep().rows;
    expect(more).toEqual([]);
    expect(row).toMatchObject({
      ...{ host: 'h', tap_role: 'uplink', ifindex: 0, name: 'example.org', state: 'answered' },
      ...{ src: CLIENT, src_port: 5000, dst: SERVER, dst_port: 53, protocol: 17 },
      ...{ transaction_id: 0xbeef, query_type: 28, rcode: 0, answer_records: 3, repeats: 0 },
      ...{ truncated: 0, answer_bytes: 29 },
    });
    expect(Number(row?.['wait_ns'])).toBeGreaterThan(5e6);
    expect(row?.['answer_ns']).toBe(row?.['wait_ns']);
    expect(dns.sweep(20_000)).toEqual({ rows: [], alerts: [], evicted: 0 });
  });

  it.each([
    ['SERVFAIL', 2],
    ['NXDOMAIN', 3],
  ])('tells %s', (_, rcode) => {
    dns.run(fromClient(query()), fromServer(answer({ answers: 0 }, rcode)));
    expect(dns.sweep().rows).toEqual([expect.objectContaining({ rcode, answer_records: 0 })]);
  });

  it('tells that the answer was cut', () => {
    dns.run(fromClient(query()), fromServer(answer({ flags: 0x8380 })));
    expect(dns.sweep().rows).toEqual([expect.objectContaining({ truncated: 1 })]);
  });

  it('may be answered without the question', () => {
    dns.run(fromClient(query()), fromServer(answer({ questions: 0, answers: 0 }, 1)));
    expect(dns.sweep().rows).toEqual([expect.objectContaining({ rcode: 1, state: 'answered' })]);
  });

  it('is told from one with the same id and another question, from whichever port', () => {
    dns.run(
      fromClient(query({ name: 'one.test' }), 5000),
      fromClient(query({ name: 'two.test' }), 5001),
      fromServer(answer({ name: 'two.test' }, 3), 5001),
      fromServer(answer({ name: 'one.test' }), 5000),
    );
    expect(dns.sweep().rows).toEqual([
      expect.objectContaining({ name: 'two.test', rcode: 3, src_port: 5001, repeats: 0 }),
      expect.objectContaining({ name: 'one.test', rcode: 0, src_port: 5000, repeats: 0 }),
    ]);
  });

  it('works over IPv6', () => {
    dns.run(
      udpFrame('fd00::1', 'fd00::53', 5000, 53, query()),
      udpFrame('fd00::53', 'fd00::1', 53, 5000, answer()),
    );
    expect(dns.sweep().rows).toEqual([
      expect.objectContaining({ src: 'fd00::1', dst: 'fd00::53' }),
    ]);
  });

  it('keeps 96 bytes of a long name, and tells two that differ behind them', () => {
    const long = (end: string): string => `${'a'.repeat(60)}.${'b'.repeat(60)}.${end}`;
    dns.run(
      fromClient(query({ name: long('one') })),
      fromClient(query({ name: long('two') }), 5001),
      fromServer(answer({ name: long('two') }), 5001),
    );
    expect(dns.sweep().rows).toEqual([
      expect.objectContaining({ name: `${'a'.repeat(60)}.${'b'.repeat(34)}…`, src_port: 5001 }),
    ]);
  });

  it('has no name when names are switched off', () => {
    const silent = new DnsBench(false);
    silent.run(fromClient(query()), fromServer(answer()));
    expect(silent.sweep().rows).toEqual([expect.objectContaining({ name: '', state: 'answered' })]);
    silent.close();
  });
});

describe('a query that is repeated', () => {
  it.each([5000, 5009])('from port %i counts once for each repeat', async (port) => {
    dns.run(fromClient(query()));
    await pause(20);
    // Letters may change their case from try to try.
    dns.run(fromClient(query({ name: 'eXaMple.oRg' }), port));
    await pause(5);
    dns.run(fromServer(answer(), port));
    const { rows, alerts } = dns.sweep();
    expect(rows).toEqual([expect.objectContaining({ repeats: 1, src_port: port })]);
    const [wait, last] = [Number(rows[0]?.['wait_ns']), Number(rows[0]?.['answer_ns'])];
    expect(wait - last).toBeGreaterThan(20e6);
    expect(last).toBeGreaterThan(5e6);
    expect(alerts).toEqual([expect.objectContaining({ kind: 'dns_unanswered', dst: SERVER })]);
  });

  it('is not one that asks for another type, or asks again after the answer', () => {
    dns.run(fromClient(query()), fromServer(answer()));
    dns.run(fromClient(query()), fromServer(answer()));
    dns.run(fromClient(query({ id: 8 })), fromClient(query({ id: 8, type: 28 })));
    dns.run(fromServer(answer({ id: 8 })), fromServer(answer({ id: 8, type: 28 })));
    const { rows, alerts } = dns.sweep();
    expect(rows.map((row) => row['repeats'])).toEqual([0, 0, 0, 0]);
    expect(alerts).toEqual([]);
  });
});

describe('a query without an answer', () => {
  it('raises an alert before a second is over, and makes one record after it', () => {
    dns.run(fromClient(query()));
    expect(dns.sweep(390)).toMatchObject({ rows: [], alerts: [] });
    const { rows, alerts } = dns.sweep(420);
    expect(rows).toEqual([]);
    expect(alerts).toEqual([
      expect.objectContaining({
        ...{ kind: 'dns_unanswered', source: 'pull', threshold: 400_000_000n },
        ...{ src: CLIENT, src_port: 5000, dst: SERVER, dst_port: 53, protocol: 17 },
      }),
    ]);
    expect(dns.sweep(1100).rows).toEqual([
      expect.objectContaining({ state: 'unanswered', answer_ns: 0n, name: 'example.org' }),
    ]);
    expect(dns.sweep(2000).rows).toEqual([]);
  });

  it('makes a second record when it is answered late, and is forgotten after 15 s', () => {
    dns.run(fromClient(query()), fromClient(query({ id: 9 })));
    expect(dns.sweep(1100).rows).toHaveLength(2);
    dns.run(fromServer(answer()));
    expect(dns.sweep(1200).rows).toEqual([expect.objectContaining({ state: 'answered' })]);
    dns.sweep(16_000);
    dns.run(fromServer(answer({ id: 9 })));
    expect(dns.sweep(16_100)).toEqual({ rows: [], alerts: [], evicted: 0 });
  });

  it('is forgotten with its tap', () => {
    dns.run(fromClient(query()));
    dns.tapIsThere = false;
    expect(dns.sweep(1100)).toEqual({ rows: [], alerts: [], evicted: 0 });
  });

  it('ends with the ICMP error that quotes it', () => {
    const asked = fromClient(query());
    dns.run(asked, unreachableFrame(SERVER, CLIENT, asked, 40));
    const { rows, alerts } = dns.sweep();
    expect(rows).toEqual([expect.objectContaining({ state: 'unreachable', src: CLIENT })]);
    expect(alerts).toEqual([expect.objectContaining({ kind: 'dns_unanswered' })]);
  });

  it('is counted when newer ones push it out', () => {
    const queries = 20_000;
    for (let i = 0; i < queries; i++) dns.run(fromClient(query({ id: i })));
    const { rows, evicted } = dns.sweep(1100);
    expect(rows.length + evicted).toBe(queries);
    expect(evicted).toBeGreaterThan(queries - 8192 - 1);
  });
});

it('leaves exchanges out beyond a budget, counts them, and keeps room for those that went wrong', () => {
  for (let id = 0; id < 600; id++) dns.run(fromClient(query({ id })), fromServer(answer({ id })));
  dns.run(fromClient(query({ id: 700 })), fromServer(answer({ id: 700 }, 2)));
  const { rows } = dns.sweep();
  const lost = new LossCounters(dns.bench.object.map('nv_losses').fd, MONITOR_LOSSES).take();
  expect(lost).toMatchObject([
    { place: 'ring dns_exchanges', reason: 'budget', records: 601 - rows.length },
  ]);
  expect(rows.length).toBeGreaterThan(200);
  expect(rows).toContainEqual(expect.objectContaining({ transaction_id: 700, rcode: 2 }));
});

describe('over TCP', () => {
  const segment = (payload: Buffer, more: object = {}): Buffer =>
    tcpFrame({ ...{ src: CLIENT, dst: SERVER, srcPort: 5000, dstPort: 53, payload }, ...more });
  const back = { src: SERVER, dst: CLIENT, srcPort: 53, dstPort: 5000 };

  it('is an exchange, whatever the options, and a segment sent again is no repeat', () => {
    const options = [1, 1, 8, 10, 0, 0, 0, 1, 0, 0, 0, 1];
    dns.run(
      segment(Buffer.alloc(0), { flags: FLAGS.syn }),
      segment(prefixed(query()), { seq: 1, options }),
      segment(prefixed(query()), { seq: 1, options }),
      // The answer goes on in the next segment.
      segment(prefixed(answer({ answers: 40 }), 4000), { ...back, seq: 1, ack: 32 }),
    );
    expect(dns.sweep().rows).toEqual([
      expect.objectContaining({ protocol: 6, repeats: 0, answer_records: 40, answer_bytes: 4000 }),
    ]);
  });

  it('reads no query from a segment that has but a part of one', () => {
    dns.run(
      segment(prefixed(query()).subarray(0, 20), { seq: 1 }),
      segment(Buffer.of(0), { seq: 1 }),
    );
    expect(dns.sweep(1100).rows).toEqual([]);
  });
});

describe('what is no DNS message', () => {
  const whole = query();
  const pointer = Buffer.concat([whole.subarray(0, 12), Buffer.of(0xc0, 12, 0, 1, 0, 1)]);
  const endless = Buffer.concat([
    whole.subarray(0, 12),
    ...Array<Buffer>(20).fill(Buffer.alloc(64, 63)),
  ]);
  const messages: [string, Buffer][] = [
    ['an empty packet', Buffer.alloc(0)],
    ['a header cut short', whole.subarray(0, 11)],
    ['a header alone', whole.subarray(0, 12)],
    ['a name cut short', whole.subarray(0, 20)],
    ['a type cut short', whole.subarray(0, whole.length - 3)],
    ['a compressed question', pointer],
    ['a name without an end', endless],
    ['two questions', query({ questions: 2 })],
    ['another opcode', query({ flags: 0x2800 })],
    ['an answer from who is no server', answer()],
  ];

  it('leaves no trace', () => {
    for (const [what, message] of messages) {
      dns.run(fromClient(message));
      expect(dns.sweep(1100), what).toEqual({ rows: [], alerts: [], evicted: 0 });
    }
  });

  it('answers nothing', () => {
    dns.run(fromClient(query()));
    for (let length = 0; length < answer().length; length++)
      dns.run(fromServer(answer().subarray(0, length)));
    dns.run(fromServer(answer({ id: 8 })), fromServer(answer({ name: 'example.com' })));
    dns.run(fromServer(answer({ questions: 0 }), 5001));
    expect(dns.sweep().rows).toEqual([]);
    dns.run(fromServer(answer()));
    expect(dns.sweep().rows).toHaveLength(1);
  });

  it('is not misread, whatever the bytes', () => {
    let seed = 1;
    const byte = (): number => (seed = (Math.imul(seed, 1103515245) + 12345) & 0x7fffffff) >>> 16;
    for (let run = 0; run < 3000; run++) {
      const noise = Buffer.from(Array.from({ length: byte() % 300 }, byte));
      // Half of them with a header that passes, so that the noise is taken for a name.
      const message = run % 2 === 0 ? noise : Buffer.concat([whole.subarray(0, 12), noise]);
      dns.run(fromClient(message), fromServer(message));
    }
    for (const row of dns.sweep(1100).rows) {
      expect(row).toMatchObject({ state: 'unanswered', src: CLIENT, dst: SERVER });
      expect(row['name']).toMatch(/^[\x21-\x40\x5b-\x7e…]+$/);
    }
  });
});
