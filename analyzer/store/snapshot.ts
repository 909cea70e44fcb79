/** The store as it was at one moment, however many queries are asked, and while records go on coming in. */
import type { DuckDBValue } from '@duckdb/node-api';
import type { Readers } from './reader.js';
import type { ResultRow } from './rows.js';
import type { WriteBuffer } from './write-buffer.js';

export interface Snapshot {
  query(sql: string, values?: Record<string, DuckDBValue>): Promise<ResultRow[]>;
  /** Frees the readers for the next one. */
  release(): Promise<void>;
}

export async function takeSnapshot(
  readers: Readers,
  writes: WriteBuffer,
  untilNs: bigint,
): Promise<Snapshot> {
  const release = (): Promise<void> => readers.each('ROLLBACK');
  await writes.seal(untilNs, async () => {
    await readers.each('BEGIN TRANSACTION READ ONLY');
    // A transaction sees the store as of its first read.
    await readers.each('SELECT count(*) FROM host_clock').catch(async (error: unknown) => {
      await release();
      throw error;
    });
  });
  return { query: (sql, values) => readers.run(sql, values), release };
}
