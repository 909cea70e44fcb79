import { native } from '../common/native/index.js';
import { toArrow } from '../common/schema/arrow-encode.js';
import { batchFromRows, type ColumnBatch, joinBatches } from '../common/schema/columns.js';
import type { StreamName } from '../common/schema/streams.js';
import type { Forwarder } from './forwarder.js';
import { isUrgent } from './spool.js';

/** Rows that are worth a request of their own, and as many where the next flush is near. */
const ENOUGH_ROWS = 512;
const MOST_ROWS = 4096;
/** Held while what left before is not sent yet. */
const MOST_ROWS_BEHIND = 65_536;
/** An incident is judged for some seconds after its flows are traced no more, by the records of the last three. */
const AWAITED_MS = 10_000;

/**
 * Where the agent's parts put their records. A request costs the analyzer as much as a hundred rows: records are held
 * until they are flushed, until there is enough of them, or until an alert leaves. While they are awaited they are
 * flushed several times a second, as far as the analyzer keeps up.
 */
export class Outbox {
  #held: ColumnBatch[] = [];
  #heldRows = 0;
  #awaitedUntilMs = 0;

  constructor(
    private readonly forwarder: Pick<Forwarder, 'send' | 'isBehind'>,
    private readonly hostId: string,
    private readonly armed: () => boolean,
  ) {}

  put(batch: ColumnBatch): void {
    if (batch.length === 0) return;
    if (batch.stream === 'arming') this.#awaitedUntilMs = performance.now() + AWAITED_MS;
    if (isUrgent(batch.stream)) this.#send(batch);
    else {
      this.#held.push(batch);
      this.#heldRows += batch.length;
    }
    const isNews = batch.stream === 'arming' || (batch.stream === 'alert' && !this.isAwaited);
    if (isNews || this.#heldRows >= (this.isAwaited ? MOST_ROWS : ENOUGH_ROWS)) this.flush();
  }

  /** Rows made in user space, without the host and, where the stream has it, the time. */
  rows(stream: StreamName, rows: readonly object[]): void {
    if (rows.length === 0) return;
    const stamp = { host: this.hostId, time_ns: native().monotonicNs() };
    this.put(
      batchFromRows(
        stream,
        rows.map((row) => ({ ...stamp, ...row })),
      ),
    );
  }

  /** Sends what is held, unless what left before waits still. */
  flush(): void {
    if (!this.forwarder.isBehind || this.#heldRows >= MOST_ROWS_BEHIND) this.sendAll();
  }

  sendAll(): void {
    const held = this.#held;
    this.#held = [];
    this.#heldRows = 0;
    for (const batch of joinBatches(held)) this.#send(batch);
  }

  /** Somebody looks at what leaves. */
  get isAwaited(): boolean {
    return this.armed() || performance.now() < this.#awaitedUntilMs;
  }

  #send(batch: ColumnBatch): void {
    this.forwarder.send({ stream: batch.stream, rows: batch.length, bytes: toArrow(batch) });
  }
}
