/** Exported records in a store of their own, in memory, on which verdicts are read again. */
import { readFileSync } from 'node:fs';
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { artifact } from '../../primitives/common/artifacts.js';
import { NetverdictError } from '../../primitives/common/errors/index.js';
import { fromArrow, receivedOf } from '../../primitives/common/schema/arrow.js';
import { type StreamName, STREAMS } from '../../primitives/common/schema/streams.js';
import type { Incident } from '../incidents/incident.js';
import type { Queries } from '../ledgers/observe.js';
import { viewDefinitions } from '../sql/index.js';
import { RecordAppender } from '../store/chunks.js';
import { INCIDENT_TABLE, SCHEMA } from '../store/database.js';
import { hostOf } from '../store/partition.js';
import { type FileFormat, writeRows } from '../store/query-file.js';
import { type QueryResult, reading, readRows } from '../store/read-only.js';
import { type ResultRow, resultRows } from '../store/rows.js';

export class Records implements Queries {
  readonly #appender: RecordAppender;

  private constructor(
    private readonly instance: DuckDBInstance,
    private readonly connection: DuckDBConnection,
  ) {
    this.#appender = new RecordAppender(connection);
  }

  static async open(): Promise<Records> {
    const instance = await DuckDBInstance.create(':memory:', { threads: '1' });
    const records = new Records(instance, await instance.connect());
    await records.connection.run(readFileSync(artifact(SCHEMA), 'utf8'));
    await records.setClocks(new Map());
    for (const definition of viewDefinitions()) await records.connection.run(definition);
    return records;
  }

  async query(sql: string): Promise<ResultRow[]> {
    return resultRows(await this.connection.runAndReadAll(sql));
  }

  async addArrow(stream: StreamName, bytes: Uint8Array): Promise<void> {
    const batch = fromArrow(stream, bytes);
    if (batch.length === 0) return;
    await this.#appender.append(stream, [{ batch, receivedNs: receivedOf(bytes) }]);
  }

  async addParquet(stream: StreamName, file: string): Promise<void> {
    const owner = hostOf(file);
    const host = owner === undefined ? '' : `, '${quoted(owner)}' AS host`;
    try {
      await this.connection.run(
        `INSERT INTO ${stream} BY NAME SELECT *${host} FROM
           read_parquet('${quoted(file)}', hive_partitioning = false)`,
      );
    } catch (cause) {
      const reason = cause instanceof Error ? (cause.message.split('\n')[0] ?? '') : String(cause);
      throw new NetverdictError('NV_SCHEMA_MISMATCH', `${file}: ${reason}`, { cause });
    }
  }

  /** As they came, after several files were added. */
  async sort(stream: StreamName): Promise<void> {
    const { connection } = this;
    const order = 'ORDER BY received_ns, rowid';
    await connection.run(`CREATE TEMP TABLE sorted AS FROM ${stream} ${order}`);
    await connection.run(`DELETE FROM ${stream}`);
    await connection.run(`INSERT INTO ${stream} FROM sorted ORDER BY rowid`);
    await connection.run('DROP TABLE sorted');
  }

  async addIncidents(incidents: readonly Incident[]): Promise<void> {
    await this.connection.run(INCIDENT_TABLE);
    for (const { id, ...rest } of incidents)
      await this.connection.run('INSERT INTO incident VALUES ($id, $json, $updated)', {
        id,
        json: JSON.stringify({ id, ...rest }),
        updated: rest.closed_at ?? rest.opened_at,
      });
  }

  /** SQL of a user: one statement that reads. */
  async queryReadOnly(sql: string, rowLimit: number): Promise<QueryResult> {
    return reading(await this.instance.connect(), sql, (statement) =>
      readRows(statement, rowLimit),
    );
  }

  async queryToFile(sql: string, format: FileFormat, path: string): Promise<void> {
    const connection = await this.instance.connect();
    await reading(connection, sql, (statement) =>
      writeRows({ connection, statement, sql }, format, path),
    );
  }

  /** What was received later is gone. */
  async keepUntil(ns: bigint): Promise<void> {
    for (const { name } of STREAMS)
      await this.connection.run(`DELETE FROM ${name} WHERE received_ns > ${ns}`);
  }

  /** @param offsets the analyzer's wall clock minus each host's monotonic clock. */
  async setClocks(offsets: ReadonlyMap<string, bigint>): Promise<void> {
    await this.connection.run(
      'CREATE OR REPLACE TABLE host_clock (host VARCHAR PRIMARY KEY, offset_ns BIGINT NOT NULL)',
    );
    for (const [host, offset] of offsets)
      await this.connection.run('INSERT INTO host_clock VALUES ($host, $offset)', { host, offset });
  }

  close(): void {
    this.#appender.close();
    this.connection.closeSync();
    this.instance.closeSync();
  }
}

const quoted = (text: string): string => text.replaceAll("'", "''");
