import type { DuckDBConnection, DuckDBValue } from '@duckdb/node-api';
import { type ResultRow, resultRows } from './rows.js';

/** One connection and its queries, one after the other. */
class Reader {
  waiting = 0;
  #last: Promise<unknown> = Promise.resolve();

  constructor(private readonly connection: DuckDBConnection) {}

  run(sql: string, values?: Record<string, DuckDBValue>): Promise<ResultRow[]> {
    this.waiting++;
    const result = this.#last
      .then(async () => resultRows(await this.connection.runAndReadAll(sql, values)))
      .finally(() => this.waiting--);
    this.#last = result.catch(() => undefined);
    return result;
  }
}

/** Queries that are asked together run side by side. */
export class Readers {
  readonly #readers: readonly Reader[];

  constructor(connections: readonly DuckDBConnection[]) {
    this.#readers = connections.map((connection) => new Reader(connection));
  }

  run(sql: string, values?: Record<string, DuckDBValue>): Promise<ResultRow[]> {
    const [idlest] = [...this.#readers].sort((a, b) => a.waiting - b.waiting);
    return idlest?.run(sql, values) ?? Promise.resolve([]);
  }

  /** On every connection, when what was asked of it before is done. */
  async each(sql: string): Promise<void> {
    await Promise.all(this.#readers.map((reader) => reader.run(sql)));
  }
}
