import type { BpfObject } from '../common/loader/index.js';
import { LAYOUTS } from '../common/schema/gen/layout.js';
import { FLOW_KEY, FLOW_KEY_BYTES } from '../common/bpf/flow-key.js';

/** `struct nv_tap_flow_key`. */
export const KEY_BYTES = 48;
export const TAP_OFFSET = FLOW_KEY_BYTES;
export const PROTOCOL_OFFSET = FLOW_KEY.protocol;

export const COUNTER_BYTES = LAYOUTS.flow_interval.size;
export const SAMPLE_BYTES = LAYOUTS.mark_sample.size;

/** Where things are in the monitor's map values and ring records, in bytes, as the compiled object says. */
export interface MonitorLayout {
  /** `struct nv_flow`. */
  readonly flowBytes: number;
  readonly createdOffset: number;
  readonly sequenceOffset: number;
  readonly streamsOffset: number;
  readonly streamBytes: number;
  readonly sendersOffset: number;
  readonly senderBytes: number;
  /** `struct nv_details`: two of `struct nv_direction`, which begins with the counters. */
  readonly detailsBytes: number;
  readonly directionBytes: number;
  readonly sampleEventBytes: number;
  readonly sampleDirectionOffset: number;
  readonly sampleOffset: number;
}

export function readLayout(object: BpfObject): MonitorLayout {
  const size = (name: string): number => Number(object.variable(name));
  return {
    flowBytes: size('nv_flow_bytes'),
    createdOffset: size('nv_created_offset'),
    sequenceOffset: size('nv_sequence_offset'),
    streamsOffset: size('nv_streams_offset'),
    streamBytes: size('nv_stream_bytes'),
    sendersOffset: size('nv_senders_offset'),
    senderBytes: size('nv_sender_bytes'),
    detailsBytes: size('nv_details_bytes'),
    directionBytes: size('nv_direction_bytes'),
    sampleEventBytes: size('nv_sample_event_bytes'),
    sampleDirectionOffset: size('nv_sample_direction_offset'),
    sampleOffset: size('nv_sample_offset'),
  };
}
