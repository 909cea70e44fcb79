export { queryExport, queryExportAs } from './open.js';
export { type Replay, replay, type Replayed } from './replay.js';
