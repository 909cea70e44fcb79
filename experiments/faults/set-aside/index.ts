/** Faults that no rule or threshold was made with: what is right of them is reported apart. */
import type { Fault } from '../fault.js';
import { ordinaryHogs, pausingServer } from './processes.js';
import { forwardingEntryLost, podLinkDown, podRouteLost, prohibitedRoute } from './routes.js';
import { answersLost, rateLimitRule } from './rules.js';

export const SET_ASIDE: readonly Fault[] = [
  rateLimitRule,
  answersLost,
  forwardingEntryLost,
  prohibitedRoute,
  podRouteLost,
  podLinkDown,
  pausingServer,
  ordinaryHogs,
];
