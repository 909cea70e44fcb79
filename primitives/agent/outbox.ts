import { native } from '../common/native/index.js';
import { toArrow } from '../common/schema/arrow.js';
import { batchFromRows, type ColumnBatch } from '../common/schema/columns.js';
import type { StreamName } from '../common/schema/streams.js';
import type { Forwarder } from './forwarder.js';

/** Where the agent's parts put their records. */
export class Outbox {
  constructor(
    private readonly forwarder: Forwarder,
    private readonly hostId: string,
  ) {}

  put(batch: ColumnBatch): void {
    if (batch.length === 0) return;
    this.forwarder.send({ stream: batch.stream, rows: batch.length, bytes: toArrow(batch) });
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
}
