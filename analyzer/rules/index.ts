/** All rules, run over the flows under suspicion. Adding a rule: docs/recipes/add-a-rule.md. */
import type { FlowKey } from '../incidents/engine.js';
import { delayLedger, type DelayLedger } from '../ledgers/delay.js';
import { flowId, reversed } from '../ledgers/flow.js';
import { lossLedger } from '../ledgers/loss.js';
import type { Direction, MarkRow, Observations } from '../ledgers/observe.js';
import { arePeers } from '../ledgers/roles.js';
import type { Finding } from './finding.js';
import { loss } from './loss.js';
import { pathDelay } from './path-delay.js';
import { podDelay, slowResponses } from './pod-delay.js';
import { stuck, unanswered } from './progress.js';
import { senderHeld } from './sender-time.js';
import { setup } from './setup.js';
import { lateBeyond } from './unseen.js';

export interface Judged {
  readonly ledger: DelayLedger;
  readonly findings: readonly Finding[];
}

/** Judges both directions of every connection given; each is reported once. */
export function judge(flows: readonly FlowKey[], observations: Observations): Judged[] {
  const wanted = new Map(
    flows.flatMap((f) => [f, reversed(f)]).map((f) => [flowId(f), f] as const),
  );
  return [...wanted.keys()].flatMap((id) => {
    const direction = observations.directions.get(id);
    return direction ? [judgeDirection(direction, observations)] : [];
  });
}

function judgeDirection(direction: Direction, observations: Observations): Judged {
  const ledger = delayLedger(direction, peers(direction, observations));
  const found = [
    setup(direction, observations),
    stuck(direction, observations),
    senderHeld(direction, observations),
    unanswered(direction, observations),
    loss(lossLedger(direction), ledger, observations),
    podDelay(ledger, observations) ?? slowResponses(ledger, observations),
    pathDelay(ledger, observations),
    lateBeyond(ledger, observations),
  ];
  return { ledger, findings: found.filter((f) => f !== null) };
}

/** Healthy marks of other flows between the same pods and service: the baseline of a flow that has none of its own. */
function peers(direction: Direction, { directions }: Observations): MarkRow[] {
  return [...directions.values()]
    .filter((other) => other !== direction && arePeers(direction, other))
    .flatMap((other) => other.baseline);
}
