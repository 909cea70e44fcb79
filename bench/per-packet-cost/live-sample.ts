/** One slice of live traffic past one contender. */
export interface LiveSample {
  readonly mode: string;
  readonly contender: string;
  readonly round: number;
  /** Mean of a run by the kernel's statistics; null while they were off. */
  readonly egress_ns: number | null;
  readonly ingress_ns: number | null;
  /** Bytes per second that the server took in, or requests per second. */
  readonly per_second: number;
  readonly p50_us: number | null;
  readonly p99_us: number | null;
  /** Of packets as TC sees them. */
  readonly egress_bytes_per_packet: number;
  readonly ingress_bytes_per_packet: number;
  /** Packets back for each packet out. */
  readonly ingress_per_egress: number;
  readonly retransmitted: number;
}

/** A rate while statistics cost time is no rate. */
const unburdened = (value: (s: LiveSample) => number | null) => (s: LiveSample) =>
  s.egress_ns === null ? value(s) : null;

export const perSecond = unburdened((s) => s.per_second);
export const p50 = unburdened((s) => s.p50_us);
export const p99 = unburdened((s) => s.p99_us);
