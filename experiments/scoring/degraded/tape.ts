/** The records of one run, received again at the pace of a clock that is not the wall's, with agents that fail. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type DuckDBConnection, DuckDBInstance, type DuckDBValue } from '@duckdb/node-api';
import type { IncidentStore, Snapshot } from '../../../analyzer/incidents/book.js';
import type { AlertRow } from '../../../analyzer/incidents/engine.js';
import { HostClocks } from '../../../analyzer/store/clocks.js';
import { SCHEMA } from '../../../analyzer/store/database.js';
import { resultRows } from '../../../analyzer/store/rows.js';
import { artifact } from '../../../primitives/common/artifacts.js';
import { type StreamName, STREAMS } from '../../../primitives/common/schema/streams.js';
import { lossesTold, misread, type Mode, type Parts, received, type Times } from './modes.js';

/** Of its records, to tell when an agent was heard of and how far its clock is from the analyzer's. */
const HEARD: readonly (readonly [StreamName, string])[] = [
  ['flow_interval', 'interval_end_ns'],
  ['host_counter', 'time_ns'],
  ['packet_event', 'time_ns'],
  ['alert', 'time_ns'],
  ['arming', 'time_ns'],
];

type Row = Record<string, unknown>;

const recorded = (stream: StreamName): string => `recorded.${stream}`;

interface Batch {
  readonly host: string;
  readonly receivedNs: bigint;
}

export class Tape implements IncidentStore {
  #mode: Mode | null = null;
  #parts: Parts | null = null;
  #times: Times = { injectedNs: 0n, zeroNs: 0n };
  #playedNs = 0n;
  #clocks: HostClocks;

  private constructor(
    private readonly instance: DuckDBInstance,
    private readonly connection: DuckDBConnection,
    /** The analyzer's clock minus that of each host, in truth. */
    private readonly offsets: ReadonlyMap<string, bigint>,
    private readonly batches: readonly Batch[],
  ) {
    this.#clocks = new HostClocks(connection);
  }

  /** @param folder what a matrix with `--keep-telemetry` or `netverdict export` wrote. */
  static async open(folder: string): Promise<Tape> {
    const instance = await DuckDBInstance.create(':memory:', { threads: '1' });
    const connection = await instance.connect();
    await connection.run('CREATE SCHEMA recorded; USE recorded');
    await connection.run(readFileSync(artifact(SCHEMA), 'utf8'));
    for (const { name } of STREAMS) {
      const file = join(folder, `${name}.parquet`).replaceAll("'", "''");
      await connection.run(`INSERT INTO ${name} BY NAME SELECT * FROM read_parquet('${file}')`);
    }
    await connection.run('USE memory.main');
    const ask = async (sql: string): Promise<Row[]> =>
      resultRows(await connection.runAndReadAll(sql));
    const heard = HEARD.map(
      ([stream, time]) => `SELECT host, received_ns, ${time} AS ns FROM ${recorded(stream)}`,
    ).join(' UNION ALL ');
    const clocks = await ask(
      `SELECT host, min(received_ns - ns)::VARCHAR AS ns FROM (${heard}) GROUP BY host`,
    );
    const batches = await ask(
      `SELECT DISTINCT host, received_ns::VARCHAR AS ns FROM (${heard}) ORDER BY ns`,
    );
    return new Tape(
      instance,
      connection,
      new Map(clocks.map((row) => [String(row['host']), BigInt(String(row['ns']))])),
      batches.map((row) => ({ host: String(row['host']), receivedNs: BigInt(String(row['ns'])) })),
    );
  }

  get hosts(): string[] {
    return [...this.offsets.keys()].sort();
  }

  /** Of the first record. */
  get beginsNs(): bigint {
    return this.batches[0]?.receivedNs ?? 0n;
  }

  async hostOf(address: string): Promise<string | undefined> {
    const rows = await this.query('SELECT host FROM recorded.endpoint WHERE address = $address', {
      address,
    });
    return rows[0] && String(rows[0]['host']);
  }

  /** Back to the beginning, with what this mode leaves of the records. */
  async rewind(mode: Mode, parts: Parts, injectedNs: bigint): Promise<void> {
    this.#mode = mode;
    this.#parts = parts;
    this.#playedNs = 0n;
    const zeroNs =
      injectedNs - (mode.clock ? (this.offsets.get(parts[mode.clock.part]) ?? 0n) : 0n);
    this.#times = { injectedNs, zeroNs };
    for (const { name } of STREAMS) {
      const told = received(name, recorded(name), mode, parts, this.#times);
      const more =
        name === 'loss_account' && mode.lostShare !== undefined
          ? ` UNION ALL BY NAME ${lossesTold(recorded, mode.lostShare)}`
          : '';
      await this.connection.run(
        `CREATE OR REPLACE VIEW ${name} AS SELECT * FROM (${told}${more}) WHERE received_ns <= getvariable('now')`,
      );
    }
    await this.connection.run(`
      CREATE OR REPLACE TABLE host_clock (host VARCHAR PRIMARY KEY, offset_ns BIGINT NOT NULL);
      CREATE OR REPLACE TABLE incident (id VARCHAR PRIMARY KEY, json VARCHAR NOT NULL, updated VARCHAR NOT NULL);
      SET VARIABLE now = 0::BIGINT`);
    this.#clocks = new HostClocks(this.connection);
  }

  /** Receives what came until then; answers the alerts of it. */
  async play(untilNs: bigint): Promise<AlertRow[]> {
    const fromNs = this.#playedNs;
    for (const { host, receivedNs } of this.batches)
      if (receivedNs > fromNs && receivedNs <= untilNs && this.isConnected(host, receivedNs))
        await this.#clocks.observe(host, this.#sentNs(host, receivedNs), receivedNs);
    await this.connection.run(`SET VARIABLE now = ${untilNs}::BIGINT`);
    this.#playedNs = untilNs;
    const rows = await this.query(`SELECT * FROM alert WHERE received_ns > ${fromNs} ORDER BY ALL`);
    return rows.map((row) => ({ ...row, ...bigints(row) }) as unknown as AlertRow);
  }

  isConnected(host: string, atNs: bigint): boolean {
    const { without, dies } = this.#mode ?? {};
    const { injectedNs } = this.#times;
    if (without && this.#parts?.[without] === host) return false;
    return !(
      dies &&
      this.#parts?.[dies.part] === host &&
      atNs > injectedNs - BigInt(dies.beforeS * 1e9)
    );
  }

  /** What its agent wrote on the batch, had it been under way for no time. */
  #sentNs(host: string, receivedNs: bigint): bigint {
    const sentNs = receivedNs - (this.offsets.get(host) ?? 0n);
    const clock = this.#mode?.clock;
    if (!clock || this.#parts?.[clock.part] !== host) return sentNs;
    return misread(sentNs, clock, this.#times.zeroNs);
  }

  async query(sql: string, values?: Record<string, unknown>): Promise<Row[]> {
    return resultRows(
      await this.connection.runAndReadAll(sql, values as Record<string, DuckDBValue> | undefined),
    );
  }

  flush(): Promise<void> {
    return Promise.resolve();
  }

  snapshot(): Promise<Snapshot> {
    return Promise.resolve({
      query: (sql, values) => this.query(sql, values),
      release: () => Promise.resolve(),
    });
  }

  close(): void {
    this.connection.closeSync();
    this.instance.closeSync();
  }
}

const bigints = (row: Row): Record<string, bigint> =>
  Object.fromEntries(
    ['begun_ns', 'time_ns', 'observed', 'threshold'].map((name) => [
      name,
      BigInt(String(row[name])),
    ]),
  );
