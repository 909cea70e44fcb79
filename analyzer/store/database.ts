import { createHash, randomUUID } from 'node:crypto';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { type DuckDBConnection, DuckDBInstance, type DuckDBValue } from '@duckdb/node-api';
import { artifact } from '../../primitives/common/artifacts.js';
import { NetverdictError } from '../../primitives/common/errors/index.js';
import type { CodedBatch, ColumnBatch } from '../../primitives/common/schema/columns.js';
import { STREAMS, type StreamName } from '../../primitives/common/schema/streams.js';
import { HostClocks } from './clocks.js';
import { type ExportFormat, exportTable, partitionsOf, rowsOf } from './export.js';
import type { Partition } from './partition.js';
import { type FileFormat, writeRows } from './query-file.js';
import { type QueryResult, reading, readRows } from './read-only.js';
import { Readers } from './reader.js';
import { type ResultRow, resultRows } from './rows.js';
import { type Snapshot, takeSnapshot } from './snapshot.js';
import { WriteBuffer } from './write-buffer.js';

export const SCHEMA = 'primitives/common/schema/gen/tables.sql';

export const INCIDENT_TABLE =
  'CREATE TABLE IF NOT EXISTS incident (id VARCHAR PRIMARY KEY, json VARCHAR NOT NULL, updated VARCHAR NOT NULL)';

const OWN_TABLES = `
CREATE TABLE IF NOT EXISTS schema_hash (hash VARCHAR NOT NULL);
CREATE TABLE IF NOT EXISTS host_clock (host VARCHAR PRIMARY KEY, offset_ns BIGINT NOT NULL);
${INCIDENT_TABLE};
`;

/** Each connection does one thing at a time; a write waits for no query. */
interface Connections {
  readonly writer: DuckDBConnection;
  readonly readers: readonly DuckDBConnection[];
  /** For queries that see one moment. */
  readonly snapshot: readonly DuckDBConnection[];
  readonly janitor: DuckDBConnection;
  readonly clocks: DuckDBConnection;
}

/** Queries that run side by side. */
const READERS = 3;

/** Everything the analyzer keeps: one DuckDB file in a directory of its own. */
export class Store {
  readonly clocks: HostClocks;
  readonly #writes: WriteBuffer;
  readonly #readers: Readers;
  readonly #snapshotReaders: Readers;

  private constructor(
    private readonly instance: DuckDBInstance,
    private readonly connections: Connections,
    private readonly exports: string,
    failed: (error: unknown) => void,
  ) {
    this.clocks = new HostClocks(connections.clocks);
    this.#writes = new WriteBuffer(connections.writer, failed);
    this.#readers = new Readers(connections.readers);
    this.#snapshotReaders = new Readers(connections.snapshot);
  }

  /** @param failed hears of records that could not be written. */
  static async open(dataDir: string, failed: (error: unknown) => void): Promise<Store> {
    const folder = resolve(dataDir);
    const exports = join(folder, 'export');
    const instance = await openInstance(folder, exports);
    const writer = await instance.connect();
    try {
      await writer.run(OWN_TABLES);
      await createTables(writer);
      await confine(writer, exports);
      const store = new Store(instance, await connections(instance, writer), exports, failed);
      await store.clocks.load();
      return store;
    } catch (error) {
      writer.closeSync();
      instance.closeSync();
      throw error;
    }
  }

  /** Takes a batch that an agent of `host` sent; its own `host` column gives way to that name. */
  append(batch: CodedBatch | ColumnBatch, host: string, receivedNs: bigint): void {
    if (batch.length > 0) this.#writes.add({ batch, host, receivedNs });
  }

  /** Resolves when a query can see everything appended so far. */
  flush(): Promise<void> {
    return this.#writes.flush();
  }

  /** Queries that are asked together run side by side. What was appended just now may be missing: see `flush`. */
  query(sql: string, params?: Record<string, unknown>): Promise<ResultRow[]> {
    return this.#readers.run(sql, params as Record<string, DuckDBValue> | undefined);
  }

  /** All that was received until then and nothing later, for as long as it is not released. One at a time. */
  snapshot(untilNs: bigint): Promise<Snapshot> {
    return takeSnapshot(this.#snapshotReaders, this.#writes, untilNs);
  }

  /** SQL of a user: one statement that reads, in a transaction that cannot write. */
  async queryReadOnly(sql: string, rowLimit: number): Promise<QueryResult> {
    await this.#writes.flush();
    return reading(await this.instance.connect(), sql, (statement) =>
      readRows(statement, rowLimit),
    );
  }

  /** All rows of such a statement, in a file of the export folder; the caller removes it. */
  async queryToFile(sql: string, format: FileFormat): Promise<string> {
    await this.#writes.flush();
    const path = join(this.exports, `${randomUUID()}.${format}`);
    const connection = await this.instance.connect();
    await reading(connection, sql, (statement) =>
      writeRows({ connection, statement, sql }, format, path),
    );
    return path;
  }

  /** Writes a table, or those rows of it, to a file of the export folder; the caller removes it. */
  async exportTable(table: StreamName, format: ExportFormat, where = 'true'): Promise<string> {
    await this.#writes.flush();
    return exportTable(this.connections.janitor, this.exports, { table, where }, format);
  }

  async partitions(table: StreamName): Promise<Partition[]> {
    await this.#writes.flush();
    return partitionsOf(this.connections.janitor, table);
  }

  /** As `exportTable`, the rows of a partition; Parquet of it leaves its host to the path. */
  async exportPartition(
    table: StreamName,
    format: ExportFormat,
    partition: Partition,
  ): Promise<string> {
    await this.#writes.flush();
    return exportTable(this.connections.janitor, this.exports, rowsOf(table, partition), format);
  }

  /** Removes what was received before `beforeNs`; answers how many rows. */
  async expire(beforeNs: bigint): Promise<number> {
    await this.#writes.flush();
    let removed = 0;
    for (const { name } of STREAMS) {
      const result = await this.connections.janitor.run(
        `DELETE FROM ${name} WHERE received_ns < ${beforeNs}`,
      );
      removed += result.rowsChanged;
    }
    return removed;
  }

  async close(): Promise<void> {
    await this.#writes.close();
    const { writer, readers, snapshot, janitor, clocks } = this.connections;
    for (const connection of [writer, ...readers, ...snapshot, janitor, clocks])
      connection.closeSync();
    this.instance.closeSync();
  }
}

async function connections(
  instance: DuckDBInstance,
  writer: DuckDBConnection,
): Promise<Connections> {
  const several = (): Promise<DuckDBConnection[]> =>
    Promise.all(Array.from({ length: READERS }, () => instance.connect()));
  return {
    writer,
    readers: await several(),
    snapshot: await several(),
    janitor: await instance.connect(),
    clocks: await instance.connect(),
  };
}

async function openInstance(folder: string, exports: string): Promise<DuckDBInstance> {
  const file = join(folder, 'netverdict.duckdb');
  try {
    rmSync(exports, { recursive: true, force: true });
    mkdirSync(exports, { recursive: true });
    return await DuckDBInstance.create(file, { threads: '1', memory_limit: '1GB' });
  } catch (cause) {
    const reason = cause instanceof Error ? (cause.message.split('\n')[0] ?? '') : String(cause);
    throw new NetverdictError('NV_STORE_FAILED', `cannot keep data in "${folder}": ${reason}`, {
      cause,
    });
  }
}

/** Records live for minutes; when their schema changes they are dropped, incidents stay. */
async function createTables(connection: DuckDBConnection): Promise<void> {
  const sql = readFileSync(artifact(SCHEMA), 'utf8');
  const hash = createHash('sha256').update(sql).digest('hex');
  const reader = await connection.runAndReadAll('SELECT hash FROM schema_hash');
  const known = resultRows(reader).map((row) => row['hash']);
  if (!known.includes(hash)) {
    for (const { name } of STREAMS) await connection.run(`DROP TABLE IF EXISTS ${name}`);
    await connection.run('DELETE FROM schema_hash');
    await connection.run('INSERT INTO schema_hash VALUES ($hash)', { hash });
  }
  await connection.run(sql);
}

/** From here on no statement reads or writes a file outside the export folder, nor undoes that. */
async function confine(connection: DuckDBConnection, exports: string): Promise<void> {
  await connection.run(`SET allowed_directories = ['${exports.replaceAll("'", "''")}']`);
  await connection.run('SET enable_external_access = false');
  await connection.run('SET lock_configuration = true');
}
