import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { udpFrame } from '../../common/bpf/fixture/frames.js';
import { pause } from '../fixture/bench.js';
import { CLIENT, greased, long, QuicBench, SERVER, short, V1, V2 } from './fixture.js';

/** The clock of what was seen last is a tick early at most. */
const TICK_MS = 5;

let quic: QuicBench;
beforeEach(() => {
  quic = new QuicBench();
});
afterEach(() => quic.close());

async function handshake(version: number): Promise<void> {
  quic.client(long('initial', { version }));
  await pause(5);
  quic.server(long('initial', { version }));
  quic.server(long('handshake', { version, bytes: 900 }));
  await pause(5);
  quic.client(long('handshake', { version, bytes: 300 }));
  quic.client(short(0));
}

describe('a handshake', () => {
  it.each([V1, V2])('of version %i is timed, and named by the first ids', async (version) => {
    await handshake(version);
    const [row] = quic.sweep().rows;
    expect(row).toMatchObject({
      ...{ host: 'h', tap_role: 'uplink', src: CLIENT, src_port: 50000, dst: SERVER },
      ...{ dst_port: 443, protocol: 17, version, client_initials: 1n, retries: 0n, spins: 0 },
      ...{ destination_id: '0102030405060708', source_id: 'aabbccdd' },
    });
    const [server, established] = [Number(row?.['server_ns']), Number(row?.['established_ns'])];
    expect(server).toBeGreaterThan(5e6);
    expect(established - server).toBeGreaterThan(5e6);
    expect(quic.sweep().rows).toEqual([]);
  });

  it('is timed although the fixed bit is filled in at random from the first answer on', () => {
    quic.client(long('initial'));
    quic.server(greased(long('initial')));
    quic.client(greased(short(0)));
    const [row] = quic.sweep().rows;
    expect(Number(row?.['established_ns'])).toBeGreaterThan(Number(row?.['server_ns']));
    expect(Number(row?.['server_ns'])).toBeGreaterThan(0);
  });

  it('that nobody answers has the initials that were sent, and no time', () => {
    quic.client(long('initial'));
    quic.sweep();
    quic.client(long('initial', { destination: 'ff' }));
    quic.client(long('initial'));
    expect(quic.sweep().rows).toEqual([
      expect.objectContaining({
        ...{ client_initials: 2n, server_ns: 0n, established_ns: 0n },
        destination_id: '0102030405060708',
      }),
    ]);
  });

  it('may need a Retry or another version', () => {
    quic.client(long('initial', { version: 0xff00001d }));
    quic.server(long('initial', { version: 0, bytes: 60 }));
    quic.client(long('initial'));
    quic.server(long('retry', { bytes: 100 }));
    expect(quic.sweep().rows).toEqual([
      expect.objectContaining({
        version: V1,
        version_negotiations: 1n,
        retries: 1n,
        server_ns: 0n,
      }),
    ]);
  });

  it('of an unknown version keeps its number and no more', () => {
    quic.client(long('initial', { version: 0xfaceb002 }));
    quic.server(long('initial', { version: 0xfaceb002 }));
    expect(quic.sweep().rows).toEqual([
      expect.objectContaining({ version: 0xfaceb002, client_initials: 0n, initial_ns: 0n }),
    ]);
  });

  it('has ids of any length that is allowed', () => {
    quic.client(long('initial', { destination: '11'.repeat(20), source: '' }));
    quic.client(long('initial', { destination: '', source: '22'.repeat(20) }), 50001);
    quic.client(long('initial', { destination: '33'.repeat(21) }), 50002);
    expect(
      quic
        .sweep()
        .rows.map((row) => [row['destination_id'], row['source_id']])
        .sort(),
    ).toEqual([
      ['', '22'.repeat(20)],
      ['11'.repeat(20), ''],
    ]);
  });
});

describe('on another port', () => {
  beforeEach(() => {
    quic.close();
    quic = new QuicBench(8443);
  });

  it('a connection is told by its first Initial, and the next of that server with it', async () => {
    await handshake(V1);
    expect(quic.sweep().rows).toEqual([expect.objectContaining({ src: CLIENT, dst_port: 8443 })]);
    await pause(TICK_MS);
    quic.client(short(0));
    expect(quic.sweep().rows).toHaveLength(1);
  });

  it('nothing else is', () => {
    quic.client(short(0));
    quic.client(long('initial', { bytes: 1199 }), 50001);
    quic.client(long('handshake'), 50002);
    quic.client(long('initial', { version: 0xfaceb002 }), 50003);
    quic.client(Buffer.alloc(1400, 0xff), 50004);
    expect(quic.sweep().rows).toEqual([]);
  });

  it('a flow of something else that looks like a beginning later on is not', () => {
    for (let i = 0; i < 8; i++) quic.client(Buffer.alloc(300, 0x80));
    quic.client(long('initial'));
    expect(quic.sweep().rows).toEqual([]);
  });
});

/** A client that flips and a server that follows, so many milliseconds away each. */
async function spin(rounds: number, toServerMs: number, toClientMs: number): Promise<void> {
  for (let round = 0; round < rounds; round++) {
    const value = (round + 1) % 2;
    quic.client(short(value));
    quic.client(short(value));
    await pause(toServerMs);
    quic.server(short(value));
    quic.server(short(value));
    await pause(toClientMs);
  }
}

describe('the spin bit', () => {
  beforeEach(() => {
    quic.client(long('initial'));
    quic.server(long('initial'));
    quic.client(short(0));
    quic.server(short(0));
  });

  it('tells the round trip and its part behind the tap', async () => {
    await spin(12, 10, 5);
    const [row] = quic.sweep().rows;
    expect(row).toMatchObject({ spins: 1, spin_edges: 24n, spin_strays: 0n, spin_samples: 8n });
    const mean = Number(row?.['spin_sum_ns']) / 8e6;
    const server = Number(row?.['spin_server_sum_ns']) / 8e6;
    expect(mean).toBeGreaterThan(17);
    expect(server).toBeGreaterThan(11);
    expect(mean - server).toBeGreaterThan(6);
    expect(Number(row?.['spin_min_ns'])).toBeLessThanOrEqual(mean * 1e6);
    const histogram = [...(row?.['spin_hist'] as Uint32Array)];
    expect(histogram.reduce((sum, count) => sum + count, 0)).toBe(8);
  });

  it('is told by growth in each interval', async () => {
    await spin(12, 1, 1);
    quic.sweep();
    await spin(4, 1, 1);
    expect(quic.sweep().rows).toEqual([
      expect.objectContaining({ spin_edges: 8n, spin_samples: 4n, client_initials: 0n }),
    ]);
  });

  it('survives packets that come late', async () => {
    await spin(12, 1, 1);
    quic.sweep();
    // The last of the old value arrives behind the first of the new.
    quic.client(short(1));
    quic.client(short(0));
    quic.client(short(1));
    quic.server(short(1));
    await spin(0, 0, 0);
    quic.client(short(0));
    expect(quic.sweep().rows).toEqual([
      expect.objectContaining({ spins: 1, spin_edges: 3n, spin_strays: 2n, spin_samples: 2n }),
    ]);
  });

  it('is nothing when it stands still, or when only one end moves it', () => {
    for (let i = 0; i < 100; i++) {
      quic.client(short(i % 2));
      quic.server(short(0));
    }
    expect(quic.sweep().rows).toEqual([
      expect.objectContaining({ spins: 0, spin_samples: 0n, spin_min_ns: 0n }),
    ]);
  });

  it.each(['in any order', 'by turns'])(
    'is nothing when both ends fill in random bits, %s',
    (order) => {
      let seed = 7;
      const random = (): number => (seed = (Math.imul(seed, 1103515245) + 12345) >>> 0) / 2 ** 32;
      const bit = (): number => Number(random() < 0.5);
      for (let connection = 0; connection < 40; connection++) {
        const port = 51000 + connection;
        for (let i = 0; i < 500; i++) {
          if (order === 'by turns' ? i % 2 === 0 : random() < 0.5) quic.client(short(bit()), port);
          else quic.server(short(bit()), port);
        }
      }
      const samples = quic.sweep().rows.map((row) => row['spin_samples']);
      expect(samples.filter((count) => count !== 0n)).toEqual([]);
    },
  );
});

describe('on port 443', () => {
  it('a connection that began before the tap is told once its bit spins', async () => {
    quic.client(short(0));
    quic.server(short(0));
    expect(quic.sweep().rows).toEqual([]);
    await spin(6, 1, 1);
    expect(quic.sweep().rows).toEqual([
      expect.objectContaining({ version: 0, spins: 1, initial_ns: 0n, src: CLIENT }),
    ]);
  });

  it('another protocol leaves no row', () => {
    // DTLS, WireGuard, OpenVPN, a keep-alive.
    for (const first of [0x16, 0x01, 0x48]) quic.client(Buffer.alloc(200, first), 50000 + first);
    quic.client(Buffer.of(0xff));
    expect(quic.sweep().rows).toEqual([]);
  });

  it('whatever the bytes, nothing is misread as a handshake that was answered', () => {
    let seed = 3;
    const byte = (): number => (seed = (Math.imul(seed, 1103515245) + 12345) & 0x7fffffff) >>> 16;
    for (let run = 0; run < 3000; run++) {
      const noise = Buffer.from(Array.from({ length: byte() % 200 }, byte));
      quic.client(noise, 40000 + run);
      quic.server(noise, 40000 + run);
    }
    for (const row of quic.sweep().rows)
      expect(row).toMatchObject({ initial_ns: 0n, server_ns: 0n, established_ns: 0n, spins: 0 });
  });
});

it('forgets what is silent for a minute, and what belongs to a tap that is gone', () => {
  quic.client(long('initial'));
  expect(quic.sweep().rows).toHaveLength(1);
  expect(quic.sweep(61_000)).toEqual({ rows: [], evicted: 0 });
  quic.client(long('initial'));
  quic.tapIsThere = false;
  expect(quic.sweep()).toEqual({ rows: [], evicted: 0 });
  quic.tapIsThere = true;
  expect(quic.sweep()).toEqual({ rows: [], evicted: 0 });
});

it('counts what newer connections push out', () => {
  for (let port = 1024; port < 9024; port++)
    quic.bench.run(udpFrame(CLIENT, SERVER, port, 443, long('initial')));
  const first = quic.sweep().rows.length;
  for (let port = 10_000; port < 18_000; port++)
    quic.bench.run(udpFrame(CLIENT, SERVER, port, 443, long('initial')));
  const { rows, evicted } = quic.sweep();
  expect(evicted).toBeGreaterThan(first / 2);
  expect(rows.length).toBeLessThanOrEqual(4096);
});
