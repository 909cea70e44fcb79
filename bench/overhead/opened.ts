/** A contender at both hosts, from now until it is detached. */
export interface Attached {
  /** Answers how many packets it was to see and did not. */
  detach(): Promise<number>;
}

export interface Opened {
  attach(): Promise<Attached>;
  close(): void;
}
