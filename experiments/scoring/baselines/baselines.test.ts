import { DuckDBInstance } from '@duckdb/node-api';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { artifact } from '../../../primitives/common/artifacts.js';
import { STREAMS } from '../../../primitives/common/schema/streams.js';
import { at, record } from '../fixture.js';
import { placesBy } from './index.js';

type Row = Readonly<Record<string, string | number>>;

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'telemetry-'))));
afterEach(() => rmSync(folder, { recursive: true }));

/** The only flow's intervals of a second, from the client's two taps; hosts' clocks began at 0 s. */
async function write(
  during: Row,
  more: Readonly<Record<string, readonly Row[]>> = {},
): Promise<void> {
  const usual = { rtt_sum_ns: 100e6, rtt_exact: 100, response_sum_ns: 200e6, responses: 100 };
  const flow = { src: '10.244.1.11', dst: '10.244.2.11', dst_port: 8080, data_segments: 100 };
  const taps = ['pod', 'uplink'] as const;
  const intervals = taps.flatMap((tap_role) =>
    Array.from({ length: 20 }, (_, second) => ({
      ...{ host: 'a', tap_role, interval_end_ns: second * 1e9, received_ns: wall(second) },
      ...{ ...flow, ...usual, ...(second > 10 ? during : {}) },
    })),
  );
  const clock = { host: 'b', interval_end_ns: 0, received_ns: wall(0) };
  const tables: Readonly<Record<string, readonly Row[]>> = {
    flow_interval: [...intervals, clock],
    endpoint: [
      { host: 'a', address: '10.244.1.11' },
      { host: 'b', address: '10.244.2.11' },
    ],
    ...more,
  };
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  await connection.run(readFileSync(artifact('primitives/common/schema/gen/tables.sql'), 'utf8'));
  for (const { name } of STREAMS) {
    const described = await connection.runAndReadAll(`DESCRIBE ${name}`);
    const columns = described.getRowObjectsJson() as { column_name: string; column_type: string }[];
    for (const row of tables[name] ?? []) {
      const values = columns.map(({ column_name: column, column_type: type }) =>
        column in row
          ? `'${row[column]}'`
          : type === 'VARCHAR'
            ? "''"
            : type.endsWith('[]')
              ? '[]'
              : '0',
      );
      await connection.run(`INSERT INTO ${name} VALUES (${values.join(', ')})`);
    }
    await connection.run(`COPY ${name} TO '${join(folder, name)}.parquet' (FORMAT parquet)`);
  }
  connection.closeSync();
  instance.closeSync();
}

const wall = (second: number): number => Date.parse(at(second)) * 1e6;
const places = () => placesBy(folder, record(true, []));

it('calls the network what is slow or lost on the wire', async () => {
  await write({ rtt_sum_ns: 3000e6, response_sum_ns: 3200e6 });
  expect(await places()).toMatchObject({
    ...{ rtt_threshold: 'network', single_end: 'network', one_tap: 'network' },
    rule_list: 'network',
  });
});

it('calls the server what is slow behind a short round trip', async () => {
  await write({ response_sum_ns: 3000e6 });
  expect(await places()).toEqual({
    ...{ always_network: null, rtt_threshold: null },
    ...{ single_end: 'b', one_tap: 'b', rule_list: 'b' },
  });
});

it('lets counters of a host speak first, where it has a list of rules', async () => {
  const drops = { source: 'qdisc', metric: 'drops', value: 50, time_ns: 15e9 };
  await write({ retransmitted_segments: 10 }, { host_counter: [{ host: 'a', ...drops }] });
  expect(await places()).toMatchObject({ single_end: 'network', rule_list: 'a' });
});

it('says nothing in health, unless it says so of every alert', async () => {
  const alert = {
    host: 'a',
    src: '10.244.1.11',
    dst: '10.244.2.11',
    dst_port: 8080,
    time_ns: 15e9,
  };
  await write({}, { alert: [alert] });
  expect(await places()).toEqual({
    ...{ always_network: 'network', rtt_threshold: null },
    ...{ single_end: null, one_tap: null, rule_list: null },
  });
});
