export { Tracer, type Attached, type TracedRecords, type Uplink } from './tracer.js';
