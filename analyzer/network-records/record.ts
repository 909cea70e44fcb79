/** What a device of the network tells of one flow, or of one packet that it sampled. */
export const FORMATS = ['netflow5', 'netflow9', 'ipfix', 'sflow5'] as const;
export type Format = (typeof FORMATS)[number];

export interface FlowRecord {
  readonly src: string;
  readonly dst: string;
  readonly srcPort: number;
  readonly dstPort: number;
  readonly protocol: number;
  /** As counted by the device, not scaled. */
  readonly bytes: number;
  readonly packets: number;
  /** One of so many packets was counted. */
  readonly sampling: number;
  readonly inputInterface: number;
  readonly outputInterface: number;
  readonly direction: 'none' | 'ingress' | 'egress';
  /** On the analyzer's clock. */
  readonly startMs: number;
  readonly endMs: number;
}

/** Why a datagram or a part of it was not taken. */
export type Refusal =
  | 'backlog'
  | 'exporter_limit'
  | 'field_length'
  | 'implausible'
  | 'template'
  | 'template_limit'
  | 'truncated'
  | 'unknown_template'
  | 'version';

export class Malformed extends Error {
  constructor(readonly refusal: Refusal) {
    super(refusal);
  }
}
