import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { tableFromIPC } from 'apache-arrow';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fromArrow } from '../../primitives/common/schema/arrow.js';
import { toArrow } from '../../primitives/common/schema/arrow-encode.js';
import {
  batchFromRows,
  fieldsOf,
  type Row,
  rowsFromBatch,
  streamNamed,
} from '../../primitives/common/schema/columns.js';
import { LATENCY_BUCKETS } from '../../primitives/common/schema/streams.js';
import { ALERT, rethrow, temporaryFolder } from '../server/fixtures.js';
import { Store } from './database.js';
import { jsonText } from './json.js';
import { hostOf, type Partition, partitionPath } from './partition.js';

let folder: string;
let store: Store;

beforeEach(async () => {
  folder = temporaryFolder();
  store = await Store.open(folder, rethrow);
});

afterEach(async () => {
  await store.close();
  rmSync(folder, { recursive: true });
});

function flowInterval(packets: number): Row {
  const hist = Uint32Array.from({ length: LATENCY_BUCKETS }, (_, bucket) => bucket + packets);
  const fields = Object.entries(fieldsOf('flow_interval')).map(([name, { type }]) => {
    if (type.kind === 'histogram') return [name, hist];
    return [name, type.kind === 'scalar' ? packets : 'x'];
  });
  return Object.fromEntries(fields) as Row;
}

describe('the store', () => {
  it('keeps more rows than one chunk holds, with every value in its column', async () => {
    const rows = Array.from({ length: 5000 }, (_, n) => flowInterval(n % 200));
    store.append(batchFromRows('flow_interval', rows), 'h', 9n);
    await store.flush();
    const [row] = await store.query(
      `SELECT count(*) AS n, sum(packets) AS packets, sum(rtt_exact_hist[24]) AS last,
         any_value(host) AS host, max(received_ns) AS received
       FROM flow_interval`,
    );
    const packets = rows.reduce((sum, { packets: p }) => sum + Number(p), 0);
    expect(row).toEqual({ n: 5000, packets, last: packets + 5000 * 23, host: 'h', received: 9 });
  });

  it('keeps texts of any length and alphabet, of many batches in one chunk', async () => {
    const texts = ['', 'twelve bytes', 'thirteen byte', 'zwölf', 'ein längerer Text mit ö', '::1'];
    const details = Array.from({ length: 3000 }, (_, n) => `${texts[n % 6]}${n % 50 < 6 ? '' : n}`);
    for (let start = 0; start < 3000; start += 30) {
      const rows = details.slice(start, start + 30).map((detail, n) => {
        const time_ns = BigInt(start + n);
        return { host: 'x', time_ns, incident: 'i', state: 'armed', detail, probes: '' };
      });
      const sent = batchFromRows('arming', rows);
      store.append(start % 60 === 0 ? sent : fromArrow('arming', toArrow(sent)), 'h', 1n);
    }
    await store.flush();
    const kept = await store.query(`SELECT host, state, detail FROM arming ORDER BY time_ns`);
    expect(kept).toEqual(details.map((detail) => ({ host: 'h', state: 'armed', detail })));
  });

  it('keeps u64 as two’s complement and gives it back in an Arrow export', async () => {
    store.append(batchFromRows('alert', [ALERT]), 'a', 1n);
    await store.flush();
    expect(await store.query('SELECT observed, time_ns FROM alert')).toEqual([
      { observed: -1, time_ns: 5_000_000_000 },
    ]);
    const path = await store.exportTable('alert', 'arrow');
    expect(rowsFromBatch(fromArrow('alert', readFileSync(path)))).toEqual(
      rowsFromBatch(batchFromRows('alert', [ALERT])),
    );
  });

  it('exports Parquet that DuckDB reads', async () => {
    store.append(batchFromRows('alert', [ALERT]), 'a', 1n);
    const path = await store.exportTable('alert', 'parquet');
    expect(await store.query(`SELECT kind, received_ns FROM read_parquet('${path}')`)).toEqual([
      { kind: 'rtt_shift', received_ns: 1 },
    ]);
  });

  it('exports what each column means, in which unit, and its text by dictionary', async () => {
    for (let row = 0; row < 100; row++) store.append(batchFromRows('alert', [ALERT]), 'a', 1n);
    const meaning = fieldsOf('alert')['time_ns']?.meaning;
    const arrow = tableFromIPC(readFileSync(await store.exportTable('alert', 'arrow')));
    const field = arrow.schema.fields.find(({ name }) => name === 'time_ns');
    expect(Object.fromEntries(field?.metadata ?? [])).toMatchObject({ unit: 'ns', meaning });
    const parquet = await store.exportTable('alert', 'parquet');
    const pairs = await store.query(
      `SELECT decode(key) AS key, decode(value) AS value FROM parquet_kv_metadata('${parquet}')`,
    );
    const metadata = Object.fromEntries(pairs.map(({ key, value }) => [key, value])) as Record<
      'stream' | 'version' | 'fields',
      string
    >;
    expect(metadata.stream).toBe('alert');
    expect(metadata.version).toBe(String(streamNamed('alert').version));
    expect(JSON.parse(metadata.fields)).toMatchObject({
      time_ns: { unit: 'ns', meaning },
      received_ns: { unit: 'ns' },
    });
    const [kind] = await store.query(
      `SELECT encodings FROM parquet_metadata('${parquet}') WHERE path_in_schema = 'kind'`,
    );
    expect(kind?.['encodings']).toContain('_DICTIONARY');
  });

  it('exports by the day and host of what was received', async () => {
    const day = 86_400_000_000_000n;
    for (const [host, at] of [
      ['a', 0n],
      ['a', day - 1n],
      ["b'/c", day],
    ] as const)
      store.append(batchFromRows('alert', [ALERT]), host, at);
    const partitions = await store.partitions('alert');
    expect(partitions).toEqual([
      { date: '1970-01-01', host: 'a' },
      { date: '1970-01-02', host: "b'/c" },
    ]);
    expect(
      partitions.map(partitionPath).map((path) => hostOf(`alert/${path}/data.parquet`)),
    ).toEqual(['a', "b'/c"]);
    const [first, second] = partitions as [Partition, Partition];
    const counts = `SELECT count(*) AS n, max(received_ns) AS last FROM read_parquet`;
    expect(
      await store.query(`${counts}('${await store.exportPartition('alert', 'parquet', first)}')`),
    ).toEqual([{ n: 2, last: Number(day) - 1 }]);
    const path = await store.exportPartition('alert', 'arrow', second);
    const told = rowsFromBatch(fromArrow('alert', readFileSync(path)));
    expect(told.map(({ host }) => host)).toEqual(["b'/c"]);
    expect(await store.partitions('network_flow')).toEqual([]);
  });

  it('expires what is old and nothing else', async () => {
    store.append(batchFromRows('alert', [ALERT]), 'a', 1n);
    store.append(batchFromRows('alert', [ALERT]), 'a', 10n);
    expect(await store.expire(10n)).toBe(1);
    expect(await store.query('SELECT received_ns FROM alert')).toEqual([{ received_ns: 10 }]);
  });

  it('stands still in a snapshot, and dates what comes meanwhile after it', async () => {
    const times = 'SELECT received_ns FROM alert ORDER BY 1';
    store.append(batchFromRows('alert', [ALERT]), 'a', 5n);
    const taken = store.snapshot(9n);
    store.append(batchFromRows('alert', [ALERT]), 'a', 8n);
    await store.flush();
    const snapshot = await taken;
    expect(await snapshot.query(times)).toEqual([{ received_ns: 5 }]);
    expect(await store.expire(6n)).toBe(1);
    expect(await snapshot.query(times)).toEqual([{ received_ns: 5 }]);
    await snapshot.release();
    const next = await store.snapshot(20n);
    expect(await next.query(times)).toEqual([{ received_ns: 10 }]);
    await next.release();
  });

  it('takes the least clock offset of a host, and a new one after its restart', async () => {
    const second = 1_000_000_000n;
    const offset = async (): Promise<unknown> =>
      (await store.query('SELECT offset_ns FROM host_clock'))[0]?.['offset_ns'];
    await store.clocks.observe('a', 100n * second, 1000n * second);
    await store.clocks.observe('a', 101n * second, 1002n * second);
    expect(await offset()).toBe(900_000_000_000);
    await store.clocks.observe('a', 0n, 1005n * second);
    expect(await offset()).toBe(1_005_000_000_000);
  });

  it.each([-100n, 100n])('follows a clock that is off by %s ppm for a day', async (ppm) => {
    const hour = 3_600_000_000_000n;
    const delay = (nth: bigint): bigint => (nth % 7n === 0n ? 0n : 3_000_000n * (nth % 7n));
    let offset = 0n;
    for (let nth = 0n; nth <= 24n * 6n; nth++) {
      const sent = (nth * hour) / 6n;
      const told = sent + (sent * ppm) / 1_000_000n;
      await store.clocks.observe('a', told, sent + delay(nth));
      offset = sent - told;
    }
    const [row] = await store.query('SELECT offset_ns FROM host_clock');
    expect(Math.abs(Number(row?.['offset_ns']) - Number(offset))).toBeLessThan(100_000_000);
  });

  it('survives a restart', async () => {
    store.append(batchFromRows('alert', [ALERT]), 'a', 1n);
    await store.close();
    store = await Store.open(folder, rethrow);
    expect(await store.query('SELECT count(*) AS n FROM alert')).toEqual([{ n: 1 }]);
  });
});

describe('a user’s query', () => {
  it('reads, up to its limit', async () => {
    expect(await store.queryReadOnly('SHOW TABLES', 100)).toMatchObject({ truncated: false });
    expect(await store.queryReadOnly('FROM range(9000)', 10)).toMatchObject({ truncated: true });
    const { rows } = await store.queryReadOnly('WITH a AS (SELECT 1 AS n) FROM a', 10);
    expect(rows).toEqual([{ n: 1 }]);
  });

  it.each([
    'DELETE FROM alert',
    'EXPLAIN ANALYZE DELETE FROM alert',
    'SELECT 1; DROP TABLE alert',
    'DROP TABLE alert',
    "COPY alert TO '/tmp/nvt-never.csv'",
    "SELECT * FROM read_text('/etc/hostname')",
    'SET lock_configuration = false',
    "ATTACH '/tmp/nvt-never.db'",
    'COMMIT',
    'SELECT FROM WHERE',
    '',
  ])('is refused when it is "%s"', async (sql) => {
    store.append(batchFromRows('alert', [ALERT]), 'a', 1n);
    await store.flush();
    await expect(store.queryReadOnly(sql, 10)).rejects.toMatchObject({ code: 'NV_BAD_QUERY' });
    expect(await store.query('SELECT count(*) AS n FROM alert')).toEqual([{ n: 1 }]);
  });
});

describe('a query as a file', () => {
  const SQL = `SELECT 7::BIGINT AS big, 'ä "b"' AS text, [1, NULL]::INT[] AS list, NULL::INT AS none,
    sum(n)::HUGEINT AS sum, TIMESTAMP '2026-01-02' AS day, {x: 1} AS pair
    FROM range(3) t(n) -- end;`;

  it('is Arrow with its types, text by dictionary', async () => {
    const table = tableFromIPC(readFileSync(await store.queryToFile(SQL, 'arrow')));
    expect(table.schema.fields.map((field) => `${field.name} ${field.type}`)).toEqual([
      ...['big Int64', 'text Dictionary<Int32, Utf8>', 'list List<Int32>', 'none Int32'],
      ...['sum Float64', 'day Timestamp<MILLISECOND>', 'pair Dictionary<Int32, Utf8>'],
    ]);
    expect(JSON.parse(jsonText(table.get(0)))).toEqual({
      ...{ big: '7', text: 'ä "b"', list: [1, null], none: null, sum: 3 },
      ...{ day: Date.UTC(2026, 0, 2), pair: '{"x":1}' },
    });
  });

  it('is Parquet, CSV and JSON', async () => {
    const parquet = await store.queryToFile(SQL, 'parquet');
    expect(await store.query(`SELECT big, text, list FROM read_parquet('${parquet}')`)).toEqual([
      { big: 7, text: 'ä "b"', list: [1, null] },
    ]);
    expect(
      readFileSync(await store.queryToFile("SELECT 1 AS a, 'x,\"' AS b;", 'csv'), 'utf8'),
    ).toBe('a,b\n1,"x,"""\n');
    const big = '9223372036854775807';
    const json = readFileSync(await store.queryToFile(`SELECT ${big} AS n`, 'json'), 'utf8');
    expect(JSON.parse(json)).toEqual([{ n: big }]);
  });

  it('is not made of more rows than memory should hold', async () => {
    await expect(store.queryToFile('FROM range(200001)', 'arrow')).rejects.toMatchObject({
      code: 'NV_BAD_QUERY',
      message: expect.stringContaining('csv or parquet') as string,
    });
    const csv = readFileSync(await store.queryToFile('FROM range(200001)', 'csv'), 'utf8');
    expect(csv.split('\n')).toHaveLength(200_003);
  });

  it.each(['csv', 'arrow'] as const)('reads only (%s)', async (format) => {
    for (const sql of [
      'DELETE FROM alert',
      "SELECT 1) TO '/tmp/nvt-never.csv' --",
      'SELECT 1; SELECT 2',
    ])
      await expect(store.queryToFile(sql, format)).rejects.toMatchObject({ code: 'NV_BAD_QUERY' });
  });
});

it('names a data directory that cannot be used', async () => {
  const file = join(folder, 'file');
  writeFileSync(file, '');
  await expect(Store.open(join(file, 'data'), rethrow)).rejects.toMatchObject({
    code: 'NV_STORE_FAILED',
    message: expect.stringContaining(file) as string,
  });
});
