export { createEngine, EVALUATE_EVERY_MS } from './verdict-engine.js';
