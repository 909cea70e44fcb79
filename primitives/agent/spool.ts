import type { StreamName } from '../common/schema/streams.js';

/** One Arrow IPC stream, ready to travel. */
export interface SpooledBatch {
  readonly stream: StreamName;
  readonly rows: number;
  readonly bytes: Uint8Array;
}

/** One on its way, since when: monotonic nanoseconds. */
export interface WaitingBatch extends SpooledBatch {
  readonly sinceNs: bigint;
}

export interface SpoolLimits {
  readonly bytes: number;
  readonly batches: number;
}

export const SPOOL_LIMITS: SpoolLimits = { bytes: 64 * 2 ** 20, batches: 2000 };

/** Small, and worthless when late: they go first and are dropped last. */
const URGENT: ReadonlySet<StreamName> = new Set([
  'alert',
  'arming',
  'host_info',
  'endpoint',
  'socket_owner',
  'nat_binding',
  'loss_account',
]);
export const isUrgent = (stream: StreamName): boolean => URGENT.has(stream);

/** Batches on their way to the analyzer, bounded. What does not fit pushes the oldest out. */
export class Spool {
  readonly #alerts: WaitingBatch[] = [];
  readonly #urgent: WaitingBatch[] = [];
  readonly #bulk: WaitingBatch[] = [];
  #bytes = 0;
  #droppedRows = 0;

  constructor(private readonly limits: SpoolLimits = SPOOL_LIMITS) {}

  get batches(): number {
    return this.#alerts.length + this.#urgent.length + this.#bulk.length;
  }

  /** Batches of the last lane are not on their way yet. */
  get isBehind(): boolean {
    return this.#bulk.length > 0;
  }

  push(batch: WaitingBatch): void {
    this.#laneOf(batch.stream).push(batch);
    this.#bytes += batch.bytes.byteLength;
    while (this.#bytes > this.limits.bytes || this.batches > this.limits.batches)
      this.#dropOldest();
  }

  /** Puts back what could not be sent, as the next to go. */
  putBack(batch: WaitingBatch): void {
    this.#laneOf(batch.stream).unshift(batch);
    this.#bytes += batch.bytes.byteLength;
  }

  take(): WaitingBatch | undefined {
    const lane = [this.#alerts, this.#urgent, this.#bulk].find(({ length }) => length > 0);
    return this.#remove(lane);
  }

  /** Rows pushed out since the last call. */
  takeDropped(): number {
    const rows = this.#droppedRows;
    this.#droppedRows = 0;
    return rows;
  }

  #dropOldest(): void {
    const lane = [this.#bulk, this.#urgent, this.#alerts].find(({ length }) => length > 0);
    this.#droppedRows += this.#remove(lane)?.rows ?? 0;
  }

  #remove(lane: WaitingBatch[] | undefined): WaitingBatch | undefined {
    const batch = lane?.shift();
    this.#bytes -= batch?.bytes.byteLength ?? 0;
    return batch;
  }

  #laneOf(stream: StreamName): WaitingBatch[] {
    if (stream === 'alert') return this.#alerts;
    return isUrgent(stream) ? this.#urgent : this.#bulk;
  }
}
