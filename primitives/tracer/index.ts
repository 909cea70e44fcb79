export { Tracer, type TracedRecords } from './tracer.js';
export type { ProbeState } from './probes.js';
