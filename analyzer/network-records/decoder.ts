import type { Domain } from './domain.js';
import type { FlowRecord, Format, Refusal } from './record.js';

/** Who sent a datagram, when it came, and what is remembered of its sender. */
export interface Session {
  readonly receivedMs: number;
  /** @param exporter where the datagram itself names the device. */
  domain(format: Format, id: number, exporter?: string): Domain;
}

export interface Decoded {
  readonly format: Format;
  readonly exporter: string;
  /** Its observation domain. */
  readonly domain: number;
  readonly records: readonly FlowRecord[];
  /** Parts that were left out. */
  readonly refusals: readonly Refusal[];
}
