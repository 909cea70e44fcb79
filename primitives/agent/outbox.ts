import { native } from '../common/native/index.js';
import { toArrow } from '../common/schema/arrow-encode.js';
import { batchFromRows, type ColumnBatch, joinBatches } from '../common/schema/columns.js';
import type { StreamName } from '../common/schema/streams.js';
import type { Forwarder } from './forwarder.js';
import { isUrgent } from './spool.js';

/** Rows that are worth a request of their own. */
const ENOUGH_ROWS = 512;
/** An analyzer that hears of these looks at once at what else was seen. */
const TELLING: ReadonlySet<StreamName> = new Set(['alert', 'arming']);
/** An incident is judged for some seconds after its flows are traced no more, by the records of the last three. */
const AWAITED_MS = 10_000;

/**
 * Where the agent's parts put their records. A request costs as much as the rows of several sweeps: what nobody waits
 * for is held until it is flushed, until there is enough of it, or until an alert leaves.
 */
export class Outbox {
  #held: ColumnBatch[] = [];
  #heldRows = 0;
  #awaitedUntilMs = 0;

  constructor(
    private readonly forwarder: Pick<Forwarder, 'send'>,
    private readonly hostId: string,
    private readonly armed: () => boolean,
  ) {}

  put(batch: ColumnBatch): void {
    if (batch.length === 0) return;
    if (batch.stream === 'arming') this.#awaitedUntilMs = performance.now() + AWAITED_MS;
    if (isUrgent(batch.stream) || this.#isAwaited) this.#send(batch);
    else {
      this.#held.push(batch);
      this.#heldRows += batch.length;
    }
    if (TELLING.has(batch.stream) || this.#heldRows >= ENOUGH_ROWS) this.flush();
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

  /** Sends what is held. */
  flush(): void {
    const held = this.#held;
    this.#held = [];
    this.#heldRows = 0;
    for (const batch of joinBatches(held)) this.#send(batch);
  }

  get #isAwaited(): boolean {
    return this.armed() || performance.now() < this.#awaitedUntilMs;
  }

  #send(batch: ColumnBatch): void {
    this.forwarder.send({ stream: batch.stream, rows: batch.length, bytes: toArrow(batch) });
  }
}
