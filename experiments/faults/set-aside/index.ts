/** Faults that rules and thresholds were not made with: what is right of them is reported apart. */
import type { Fault } from '../fault.js';
import { crashedServer, ordinaryHogs, pausingServer, stoppedServer } from './processes.js';
import {
  egressPolicer,
  ingressPolicer,
  shapedInPod,
  shapedTowardsPod,
  shortQueue,
} from './queues.js';
import { forwardingEntryLost, podLinkDown, podRouteLost, prohibitedRoute } from './routes.js';
import { answersLost, podFirewall, rateLimitRule, resetRule } from './rules.js';

export const SET_ASIDE: readonly Fault[] = [
  egressPolicer,
  ingressPolicer,
  shortQueue,
  shapedTowardsPod,
  shapedInPod,
  rateLimitRule,
  resetRule,
  answersLost,
  podFirewall,
  forwardingEntryLost,
  prohibitedRoute,
  podRouteLost,
  podLinkDown,
  stoppedServer,
  pausingServer,
  crashedServer,
  ordinaryHogs,
];
