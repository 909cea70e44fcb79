/** What client and server of the request/response workload agree on. */
export const REQUEST_BYTES = 200;
export const RESPONSE_BYTES = 1000;
/** Processor time of one request. */
export const CPU_MS = 0.3;

/** One line of the client's own account, each second. */
export interface ClientReport {
  readonly at: string;
  readonly requests: number;
  readonly failures: number;
  readonly p50_ms: number | null;
  readonly p99_ms: number | null;
  readonly max_ms: number | null;
}
