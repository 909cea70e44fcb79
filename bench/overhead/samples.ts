/** One slice of a load past one contender. */
export interface Sample {
  readonly load: string;
  readonly contender: string;
  readonly round: number;
  /** In the order of time, within its load: native ones stand between all others. */
  readonly place: number;
  readonly bytes_per_second: number;
  /** Of all processors. */
  readonly cpu_share: number;
  readonly stolen_share: number;
  /** Packets that the contender was to see and did not, in the whole time that it was attached. */
  readonly missed: number;
}

/** What its programs cost a packet at each hook, by the kernel's statistics, ns. */
export interface CostSample {
  readonly load: string;
  readonly contender: string;
  readonly round: number;
  readonly sender_egress: number;
  readonly sender_ingress: number;
  readonly receiver_egress: number;
  readonly receiver_ingress: number;
}
