import type { Fault } from './fault.js';

/** Nothing is wrong. */
export const healthy: Fault = {
  id: 'healthy',
  title: 'nothing is injected',
  label: null,
  inject: () => Promise.resolve(() => Promise.resolve()),
};
