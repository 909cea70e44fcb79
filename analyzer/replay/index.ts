export { type Replay, replay, type Replayed } from './replay.js';
