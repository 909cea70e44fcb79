/** The analyzer's tables in memory, for tests of its SQL. */
import { readFileSync } from 'node:fs';
import { DuckDBInstance, type DuckDBValue } from '@duckdb/node-api';
import { artifact } from '../../primitives/common/artifacts.js';
import type { Snapshot } from '../incidents/book.js';
import { viewDefinitions } from './index.js';

export class MemoryStore {
  private constructor(
    private readonly connection: Awaited<ReturnType<DuckDBInstance['connect']>>,
  ) {}

  static async open(): Promise<MemoryStore> {
    const store = new MemoryStore(await (await DuckDBInstance.create(':memory:')).connect());
    await store.connection.run(
      readFileSync(artifact('primitives/common/schema/gen/tables.sql'), 'utf8'),
    );
    await store.connection.run(`
      CREATE TABLE IF NOT EXISTS host_clock (host VARCHAR, offset_ns BIGINT);
      CREATE TABLE IF NOT EXISTS incident (id VARCHAR PRIMARY KEY, json VARCHAR, updated VARCHAR);
      INSERT INTO host_clock VALUES ('a', 0), ('b', 0)`);
    return store;
  }

  /** With all staging views and marts. */
  static async withViews(): Promise<MemoryStore> {
    const store = await MemoryStore.open();
    for (const definition of viewDefinitions()) await store.query(definition);
    return store;
  }

  async query(sql: string, params?: Record<string, unknown>): Promise<Record<string, unknown>[]> {
    const reader = await this.connection.runAndReadAll(sql, params as Record<string, DuckDBValue>);
    return reader
      .getRowObjectsJS()
      .map((row) =>
        Object.fromEntries(
          Object.entries(row).map(([k, v]) => [k, typeof v === 'bigint' ? Number(v) : v]),
        ),
      );
  }

  flush(): Promise<void> {
    return Promise.resolve();
  }

  snapshot(): Promise<Snapshot> {
    return Promise.resolve({
      query: (sql, params) => this.query(sql, params),
      release: () => Promise.resolve(),
    });
  }

  /** Rows with the given columns; the others of the table are zero or empty. */
  async insert(table: string, rows: Record<string, unknown>[]): Promise<void> {
    const columns = await this.query(
      `SELECT column_name AS name, data_type AS type FROM information_schema.columns WHERE table_name = '${table}' ORDER BY ordinal_position`,
    );
    const empty = (type: string): string =>
      type === 'VARCHAR' ? "''" : type.endsWith('[]') ? '[]' : '0';
    const literal = (value: unknown): string =>
      typeof value === 'string' ? `'${value}'` : String(value);
    const tuples = rows.map(
      (row) =>
        `(${columns.map((c) => (String(c['name']) in row ? literal(row[String(c['name'])]) : empty(String(c['type'])))).join(', ')})`,
    );
    await this.query(`INSERT INTO ${table} VALUES ${tuples.join(', ')}`);
  }
}
