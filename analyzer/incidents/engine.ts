import type { Incident } from './incident.js';

/** What the server needs of the verdict engine; the engine needs a `Store` and a `ControlHub`. */
export interface VerdictEngine {
  /** A batch of `host` had waited so long in its agent when it was received, on the analyzer's clock. */
  delayed(host: string, waitedNs: bigint, receivedNs: bigint): void;
  /** Rows of an `alert` batch have been stored. */
  alerted(alerts: readonly AlertRow[]): void;
  /** An agent's control stream opened or closed. */
  hostChanged(host: string, connected: boolean): void;
  /** Newest first. */
  list(): Incident[];
  get(id: string): Incident | undefined;
  /** Called after each change of any incident. */
  onChange(listener: (incident: Incident) => void): () => void;
  start(): void;
  stop(): Promise<void>;
}

/** One row of the `alert` stream, as decoded. */
export interface AlertRow {
  readonly host: string;
  readonly source: string;
  /** Likeliest onset, 0 if not known. */
  readonly begun_ns: bigint;
  readonly time_ns: bigint;
  readonly observed: bigint;
  readonly threshold: bigint;
  readonly tap_role: string;
  readonly ifindex: number;
  readonly src: string;
  readonly dst: string;
  readonly src_port: number;
  readonly dst_port: number;
  readonly protocol: number;
  readonly kind: string;
  /** Of all short connections to a service together: 1 if src is their client, 2 if dst is; else 0. */
  readonly of_service: number;
}

/** Analyzer to agent, one JSON object a line. */
export type ControlMessage =
  | { type: 'arm'; incident: string; flows: ArmedFlow[]; seconds: number }
  | { type: 'disarm'; incident: string }
  | { type: 'ping' };

export interface FlowKey {
  readonly src: string;
  readonly src_port: number;
  readonly dst: string;
  readonly dst_port: number;
  /** IP protocol number. */
  readonly protocol: number;
}

/** Those with the same number are one connection under the addresses that taps may see it under: they end together. */
export interface ArmedFlow extends FlowKey {
  readonly connection?: number;
}
