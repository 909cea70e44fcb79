import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { SCHEMA } from '../../../analyzer/store/database.js';
import { artifact } from '../../../primitives/common/artifacts.js';
import { STREAMS } from '../../../primitives/common/schema/streams.js';
import { type Mode, MODES } from './modes.js';
import { Tape } from './tape.js';

const S = 1_000_000_000n;
const PARTS = { client: 'a', server: 'b', bystander: 'c' };
/** Host b booted 900 s before a. */
const BOOTED: Record<string, bigint> = { a: 1000n * S, b: 100n * S, c: 500n * S };
const INJECTED = 1010n * S;
let folder: string;
let tape: Tape;

/** 20 s of counters, ten a second and host. */
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'nvt-tape-'));
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  await connection.run(readFileSync(artifact(SCHEMA), 'utf8'));
  const rows = Object.entries(BOOTED).flatMap(([host, booted]) =>
    Array.from({ length: 200 }, (_, n) => {
      const at = 1000n * S + (BigInt(n) * S) / 10n;
      return `('${host}', ${at - booted}, 'device', 'up0', 'rx', 'count', 1, 'counter', ${at + 1000n})`;
    }),
  );
  await connection.run(`INSERT INTO host_counter BY NAME SELECT * FROM (VALUES ${rows.join(', ')})
    v(host, time_ns, source, object, metric, unit, value, temporality, received_ns)`);
  for (const { name } of STREAMS)
    await connection.run(`COPY ${name} TO '${join(folder, name)}.parquet' (FORMAT parquet)`);
  connection.closeSync();
  instance.closeSync();
  tape = await Tape.open(folder);
});

afterAll(() => {
  tape.close();
  rmSync(folder, { recursive: true });
});

const mode = (id: string): Mode => MODES.find((m) => m.id === id)!;

async function seen(id: string, untilNs: bigint): Promise<Record<string, number>> {
  await tape.rewind(mode(id), PARTS, INJECTED);
  await tape.play(untilNs);
  const rows = await tape.query('SELECT host, count(*)::INT AS n FROM host_counter GROUP BY host');
  return Object.fromEntries(rows.map((row) => [String(row['host']), Number(row['n'])]));
}

it('is played no further than asked, whole or without an agent', async () => {
  expect(await seen('whole', 1005n * S)).toEqual({ a: 50, b: 50, c: 50 });
  expect(await seen('no_client', 1005n * S)).toEqual({ b: 50, c: 50 });
  expect(await seen('server_dies_before', 1020n * S)).toEqual({ a: 200, b: 70, c: 200 });
  expect(tape.isConnected('b', 1006n * S)).toBe(true);
  expect(tape.isConnected('b', 1008n * S)).toBe(false);
});

it('loses the same records each time, and counts them as agents do', async () => {
  const first = await seen('loses_10', 1020n * S);
  const lost = 600 - Object.values(first).reduce((t, n) => t + n, 0);
  expect(lost).toBeGreaterThan(30);
  expect(lost).toBeLessThan(100);
  const [told] = await tape.query('SELECT sum(records)::INT AS n FROM loss_account');
  expect(told?.['n']).toBe(lost);
  expect(await seen('loses_10', 1020n * S)).toEqual(first);
});

it.each(['clock_1s', 'clock_-1s', 'clock_100ppm', 'clock_-100ppm'])(
  'has %s known as far as batches tell of it',
  async (id) => {
    await seen(id, 1020n * S);
    const rows = await tape.query(
      `SELECT max(abs(h.time_ns + c.offset_ns - h.received_ns))::BIGINT AS off
       FROM host_counter h JOIN host_clock c USING (host)`,
    );
    // What it was 10 s before and will be 10 s after, and how long a batch was under way.
    expect(Number(rows[0]?.['off'])).toBeLessThan(3_000_000);
    const [moved] = await tape.query('SELECT max(time_ns) AS t FROM host_counter WHERE host = $h', {
      h: 'b',
    });
    expect(moved?.['t']).not.toBe(Number(919n * S + (9n * S) / 10n));
  },
);
