import { setTimeout as sleep } from 'node:timers/promises';
import { native } from '../common/native/index.js';
import type { AnalyzerClient } from './analyzer-client.js';
import type { Log } from './log.js';
import {
  Spool,
  SPOOL_LIMITS,
  type SpooledBatch,
  type SpoolLimits,
  type WaitingBatch,
} from './spool.js';

const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 2000;
/** The batch itself is at fault: sending it again cannot help. */
const REJECTED = new Set([400, 404, 413, 415, 422]);

export interface RowLosses {
  /** Pushed out of the spool. */
  readonly full: number;
  /** Refused by the analyzer. */
  readonly rejected: number;
}

/** Sends batches to the analyzer one after the other, and waits with them while it is away. */
export class Forwarder {
  readonly #spool: Spool;
  readonly #stopping = new AbortController();
  #rejectedRows = 0;
  #pauseMs = 0;
  #running: Promise<void> | undefined;

  constructor(
    private readonly client: AnalyzerClient,
    private readonly hostId: string,
    private readonly log: Log,
    limits: SpoolLimits = SPOOL_LIMITS,
    private readonly now: () => bigint = () => native().monotonicNs(),
  ) {
    this.#spool = new Spool(limits);
  }

  send(batch: SpooledBatch): void {
    if (batch.rows === 0) return;
    this.#spool.push({ ...batch, sinceNs: this.now() });
    this.#running ??= this.#run();
  }

  /** What was sent before waits still: more of it at once costs the analyzer less than more of it apart. */
  get isBehind(): boolean {
    return this.#spool.isBehind;
  }

  takeLosses(): RowLosses {
    const losses = { full: this.#spool.takeDropped(), rejected: this.#rejectedRows };
    this.#rejectedRows = 0;
    return losses;
  }

  /** Sends what is left for at most `graceMs`, then gives up. */
  async stop(graceMs = 1000): Promise<void> {
    const patience = setTimeout(() => this.#stopping.abort(), this.#pauseMs > 0 ? 0 : graceMs);
    await this.#running;
    clearTimeout(patience);
    this.#stopping.abort();
  }

  async #run(): Promise<void> {
    for (let batch = this.#spool.take(); batch !== undefined; batch = this.#spool.take()) {
      if (this.#stopping.signal.aborted) break;
      if (await this.#deliver(batch)) continue;
      this.#spool.putBack(batch);
      await sleep(this.#pauseMs, undefined, { signal: this.#stopping.signal }).catch(
        () => undefined,
      );
    }
    this.#running = undefined;
  }

  /** False if the batch must be sent again. */
  async #deliver(batch: WaitingBatch): Promise<boolean> {
    try {
      const nowNs = this.now();
      const { status, body } = await this.client.post(
        `/v1/ingest/${batch.stream}`,
        {
          'content-type': 'application/vnd.apache.arrow.stream',
          'x-netverdict-host': this.hostId,
          'x-netverdict-sent-ns': String(nowNs),
          'x-netverdict-waited-ns': String(nowNs - batch.sinceNs),
        },
        batch.bytes,
        this.#stopping.signal,
      );
      if (status >= 200 && status < 300) return this.#back();
      if (!REJECTED.has(status)) return this.#wait(`answered ${status}: ${body.slice(0, 200)}`);
      this.#rejectedRows += batch.rows;
      this.log.warn(
        `analyzer refused ${batch.rows} rows of ${batch.stream}: ${body.slice(0, 300)}`,
      );
      return this.#back();
    } catch (error) {
      return this.#wait((error as Error).message);
    }
  }

  #back(): true {
    if (this.#pauseMs > 0)
      this.log.info(`analyzer is back, ${this.#spool.batches} batches to send`);
    this.#pauseMs = 0;
    return true;
  }

  #wait(reason: string): false {
    if (this.#pauseMs === 0) this.log.warn(`analyzer not reachable, spooling: ${reason}`);
    this.#pauseMs = Math.min(Math.max(this.#pauseMs * 2, FIRST_PAUSE_MS), LONGEST_PAUSE_MS);
    return false;
  }
}
