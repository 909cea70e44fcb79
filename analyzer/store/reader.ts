import type { DuckDBConnection, DuckDBValue } from '@duckdb/node-api';
import { type ResultRow, resultRows } from './rows.js';

/** One connection and its queries, one after the other. */
export class Reader {
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
