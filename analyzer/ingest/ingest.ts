import { NetverdictError } from '../../primitives/common/errors/index.js';
import { fromArrow } from '../../primitives/common/schema/arrow.js';
import { type CodedBatch, rowsFromBatch } from '../../primitives/common/schema/columns.js';
import { STREAMS, type StreamName } from '../../primitives/common/schema/streams.js';
import type { AlertRow, VerdictEngine } from '../incidents/engine.js';
import type { Store } from '../store/database.js';
import { BlindTaps } from './blind-taps.js';
import { LossAccount } from './loss-account.js';

export interface Delivery {
  readonly host: string;
  /** The agent's monotonic clock when it sent the batch. */
  readonly sentNs?: bigint;
  /** How long it had waited there for those before it. */
  readonly waitedNs?: bigint;
  readonly receivedNs: bigint;
}

/** Takes batches of records from agents: into the store whole, or not at all. */
export class Ingest {
  /** Rows stored since the start, by stream. */
  readonly rows = new Map<StreamName, number>(STREAMS.map(({ name }) => [name, 0]));
  readonly blindTaps = new BlindTaps();
  rejectedBatches = 0;
  readonly losses = new LossAccount();

  constructor(
    private readonly store: Pick<Store, 'append' | 'clocks'>,
    private readonly engine: Pick<VerdictEngine, 'alerted' | 'delayed'>,
  ) {}

  /** Answers the number of rows; NV_SCHEMA_MISMATCH when the bytes are not records of the stream. */
  async accept(stream: StreamName, bytes: Uint8Array, delivery: Delivery): Promise<number> {
    const batch = this.#decode(stream, bytes);
    const { host, sentNs, waitedNs, receivedNs } = delivery;
    if (sentNs !== undefined) await this.store.clocks.observe(host, sentNs, receivedNs);
    this.store.append(batch, host, receivedNs);
    if (waitedNs !== undefined) this.engine.delayed(host, waitedNs, receivedNs);
    this.rows.set(stream, (this.rows.get(stream) ?? 0) + batch.length);
    if (stream === 'loss_account') this.losses.take(batch, host);
    if (stream === 'tap_coverage') this.blindTaps.take(batch, host, receivedNs);
    if (stream === 'alert') this.engine.alerted(alertRows(batch, host));
    return batch.length;
  }

  #decode(stream: StreamName, bytes: Uint8Array): CodedBatch {
    try {
      return fromArrow(stream, bytes);
    } catch (error) {
      if (error instanceof NetverdictError) this.rejectedBatches += 1;
      throw error;
    }
  }
}

const alertRows = (batch: CodedBatch, host: string): AlertRow[] =>
  rowsFromBatch(batch).map((row) => ({ ...row, host }) as unknown as AlertRow);
