export { createEngine } from './verdict-engine.js';
