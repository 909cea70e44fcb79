export { Tracer, type TracedRecords } from './tracer.js';
