/**
 * Batches on their way into DuckDB. Each commit is a write to disk, so what arrives within half a second goes
 * in with one; what has not been committed when the analyzer is killed is lost.
 */
import type { DuckDBConnection } from '@duckdb/node-api';
import type { StreamName } from '../../primitives/common/schema/streams.js';
import { type Pending, RecordAppender } from './chunks.js';

const FLUSH_EVERY_MS = 500;

export interface Received extends Pending {
  /** The same for all rows. */
  readonly receivedNs: bigint;
}

/** By stream. */
type Batches = Map<StreamName, Pending[]>;

export class WriteBuffer {
  #pending: Batches = new Map();
  /** What the last commit in the queue takes; it grows until then. */
  #queued: Batches | null = null;
  readonly #timer: NodeJS.Timeout;
  readonly #appender: RecordAppender;
  #flushing: Promise<void> = Promise.resolve();
  #sealedNs = 0n;

  constructor(
    private readonly connection: DuckDBConnection,
    private readonly failed: (error: unknown) => void,
  ) {
    this.#appender = new RecordAppender(connection);
    this.#timer = setInterval(() => void this.flush().catch(this.failed), FLUSH_EVERY_MS);
    this.#timer.unref();
  }

  add(received: Received): void {
    const { stream } = received.batch;
    const { receivedNs } = received;
    const waiting = this.#pending.get(stream) ?? [];
    waiting.push({
      ...received,
      receivedNs: receivedNs > this.#sealedNs ? receivedNs : this.#sealedNs + 1n,
    });
    this.#pending.set(stream, waiting);
  }

  /** Resolves when everything added so far can be read. */
  flush(): Promise<void> {
    const batches = this.#pending;
    if (batches.size > 0 && this.#queued !== batches) {
      this.#queued = batches;
      this.#flushing = this.#flushing.then(() => this.#commit(batches));
    }
    return this.#flushing;
  }

  /**
   * Runs `begin` at a moment when everything added so far can be read and nothing later; what is added later is
   * received later than `untilNs`, too.
   */
  seal(untilNs: bigint, begin: () => Promise<void>): Promise<void> {
    if (untilNs > this.#sealedNs) this.#sealedNs = untilNs;
    const flushed = this.flush();
    this.#pending = new Map();
    const begun = flushed.then(begin);
    this.#flushing = begun.catch(() => undefined);
    return begun;
  }

  /** Commits what is left. */
  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.flush();
    this.#appender.close();
  }

  async #commit(streams: Batches): Promise<void> {
    if (this.#pending === streams) this.#pending = new Map();
    await this.connection.run('BEGIN TRANSACTION');
    try {
      for (const [stream, batches] of streams) await this.#appender.append(stream, batches);
      await this.connection.run('COMMIT');
    } catch (error) {
      await this.connection.run('ROLLBACK');
      throw error;
    }
  }
}
