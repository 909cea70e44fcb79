import type { Spread } from './figure.js';

export const percentOf = (spread: Spread | null): Spread | null =>
  spread && { median: 100 * spread.median, low: 100 * spread.low, high: 100 * spread.high };
