/**
 * Batches on their way into DuckDB. Each commit is a write to disk, so what arrives within a fifth of a second goes
 * in with one; what has not been committed when the analyzer is killed is lost.
 */
import type { DuckDBConnection } from '@duckdb/node-api';
import type { ColumnBatch } from '../../primitives/common/schema/columns.js';
import { chunksOf } from './chunks.js';

const FLUSH_EVERY_MS = 200;

interface Pending {
  readonly batch: ColumnBatch;
  readonly receivedNs: bigint;
}

export class WriteBuffer {
  readonly #pending = new Map<string, Pending[]>();
  readonly #timer: NodeJS.Timeout;
  #flushing: Promise<void> = Promise.resolve();

  constructor(
    private readonly connection: DuckDBConnection,
    private readonly failed: (error: unknown) => void,
  ) {
    this.#timer = setInterval(() => void this.flush().catch(this.failed), FLUSH_EVERY_MS);
    this.#timer.unref();
  }

  add(batch: ColumnBatch, receivedNs: bigint): void {
    const waiting = this.#pending.get(batch.stream) ?? [];
    waiting.push({ batch, receivedNs });
    this.#pending.set(batch.stream, waiting);
  }

  /** Resolves when everything added so far can be read. */
  flush(): Promise<void> {
    if (this.#pending.size > 0) this.#flushing = this.#flushing.then(() => this.#commit());
    return this.#flushing;
  }

  close(): void {
    clearInterval(this.#timer);
  }

  async #commit(): Promise<void> {
    const streams = [...this.#pending];
    this.#pending.clear();
    if (streams.length === 0) return;
    await this.connection.run('BEGIN TRANSACTION');
    try {
      for (const [stream, batches] of streams) await this.#append(stream, batches);
      await this.connection.run('COMMIT');
    } catch (error) {
      await this.connection.run('ROLLBACK');
      throw error;
    }
  }

  async #append(stream: string, batches: readonly Pending[]): Promise<void> {
    const appender = await this.connection.createAppender(stream);
    try {
      const types = Array.from({ length: appender.columnCount }, (_, c) => appender.columnType(c));
      for (const { batch, receivedNs } of batches)
        for (const chunk of chunksOf(batch, types, receivedNs)) appender.appendDataChunk(chunk);
      appender.flushSync();
    } finally {
      appender.closeSync();
    }
  }
}
