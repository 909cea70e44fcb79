/** What clients and servers agree on. */
export const REQUEST_BYTES = 200;
export const RESPONSE_BYTES = 1000;
/** The same where documents are asked for. */
export const DOCUMENT_BYTES = 262_144;
/** Written at once, as a file is sent: the next when the kernel has taken it. */
export const PIECE_BYTES = 16_384;
/** Processor time of one request. */
export const CPU_MS = 0.3;
/** What a server that thinks adds to each, unless told otherwise. */
export const THINK_MS = 30;
/** How long one that becomes slow bit by bit takes to get there. */
export const CREEP_MS = 20_000;

/** Connections of a client that keeps several busy at once. */
export const POOL = 8;

/** A resting client, as one that collects its garbage: so long, after so many requests. */
export const REST_MS = 200;
export const REST_EVERY = 50;
/** Between the requests of an idle connection. */
export const IDLE_MS = 3000;
/** A client that writes each so many requests in two halves, and one that leaves before each so many answers. */
export const NAGLE_EVERY = 20;
export const LEAVE_EVERY = 50;
/** Mean time until the event that a long poll awaits. */
export const EVENT_MS = 1000;
/** How many times as fast a stream becomes. */
export const FASTER = 4;

/** What a stream writes at once. */
export const BLOCK_BYTES = 65_536;

/** Names whose answer does not fit UDP, and how many of all they are. */
export const LARGE = 'large';
export const LARGE_EVERY = 10;

/** Bursters send at every multiple of it. */
export const BURST_EVERY_MS = 70;

/** One line of the client's own account, each second. For a stream, a request is a block. */
export interface ClientReport {
  readonly at: string;
  readonly requests: number;
  readonly failures: number;
  readonly p50_ms: number | null;
  readonly p99_ms: number | null;
  readonly max_ms: number | null;
}
