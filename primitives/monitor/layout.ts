import type { BpfObject } from '../common/loader/index.js';
import { LAYOUTS } from '../common/schema/gen/layout.js';
import { FLOW_KEY, FLOW_KEY_BYTES } from '../common/bpf/flow-key.js';

/** `struct nv_tap_flow_key`. */
export const KEY_BYTES = 48;
export const TAP_OFFSET = FLOW_KEY_BYTES;
export const PROTOCOL_OFFSET = FLOW_KEY.protocol;

export const COUNTER_BYTES = LAYOUTS.flow_interval.size;
export const SAMPLE_BYTES = LAYOUTS.mark_sample.size;
export const SKETCH_SLOTS = 12;

/** `struct nv_sketch_slot`: a sample between two counts that agree when it is whole. */
export const SLOT = { bytes: 48, done: 0, sample: 8, begun: 40 } as const;

/** Where things are in the monitor's map values and ring records, as the compiled object says. */
export interface MonitorLayout {
  readonly flowBytes: number;
  readonly directionBytes: number;
  readonly sketchOffset: number;
  readonly createdOffset: number;
  readonly sampleEventBytes: number;
  readonly sampleDirectionOffset: number;
  readonly sampleOffset: number;
}

export function readLayout(object: BpfObject): MonitorLayout {
  const size = (name: string): number => Number(object.variable(name));
  return {
    flowBytes: size('nv_flow_bytes'),
    directionBytes: size('nv_direction_bytes'),
    sketchOffset: size('nv_sketch_offset'),
    createdOffset: size('nv_created_offset'),
    sampleEventBytes: size('nv_sample_event_bytes'),
    sampleDirectionOffset: size('nv_sample_direction_offset'),
    sampleOffset: size('nv_sample_offset'),
  };
}
