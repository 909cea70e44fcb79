/**
 * Batches on their way into DuckDB. Each commit is a write to disk, so what arrives within a fifth of a second goes
 * in with one; what has not been committed when the analyzer is killed is lost.
 */
import type { DuckDBConnection } from '@duckdb/node-api';
import type { ColumnBatch } from '../../primitives/common/schema/columns.js';
import { appendBatches, type Pending } from './chunks.js';

const FLUSH_EVERY_MS = 200;

export class WriteBuffer {
  readonly #pending = new Map<string, Pending[]>();
  readonly #timer: NodeJS.Timeout;
  #flushing: Promise<void> = Promise.resolve();
  #sealedNs = 0n;

  constructor(
    private readonly connection: DuckDBConnection,
    private readonly failed: (error: unknown) => void,
  ) {
    this.#timer = setInterval(() => void this.flush().catch(this.failed), FLUSH_EVERY_MS);
    this.#timer.unref();
  }

  add(batch: ColumnBatch, receivedNs: bigint): void {
    const waiting = this.#pending.get(batch.stream) ?? [];
    waiting.push({
      batch,
      receivedNs: receivedNs > this.#sealedNs ? receivedNs : this.#sealedNs + 1n,
    });
    this.#pending.set(batch.stream, waiting);
  }

  /** Resolves when everything added so far can be read. */
  flush(): Promise<void> {
    if (this.#pending.size > 0) {
      const streams = [...this.#pending];
      this.#pending.clear();
      this.#flushing = this.#flushing.then(() => this.#commit(streams));
    }
    return this.#flushing;
  }

  /**
   * Runs `begin` at a moment when everything added so far can be read and nothing later; what is added later is
   * received later than `untilNs`, too.
   */
  seal(untilNs: bigint, begin: () => Promise<void>): Promise<void> {
    if (untilNs > this.#sealedNs) this.#sealedNs = untilNs;
    const begun = this.flush().then(begin);
    this.#flushing = begun.catch(() => undefined);
    return begun;
  }

  close(): void {
    clearInterval(this.#timer);
  }

  async #commit(streams: readonly (readonly [string, Pending[]])[]): Promise<void> {
    await this.connection.run('BEGIN TRANSACTION');
    try {
      for (const [stream, batches] of streams)
        await appendBatches(this.connection, stream, batches);
      await this.connection.run('COMMIT');
    } catch (error) {
      await this.connection.run('ROLLBACK');
      throw error;
    }
  }
}
