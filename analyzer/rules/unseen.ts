/** Answers that are late, as the asking host sees it, where no agent tells of the host that is asked. */
import type { DelayLedger } from '../ledgers/delay.js';
import { describeFlow } from '../ledgers/flow.js';
import { slowsDown } from '../ledgers/impact.js';
import { endsUnseen } from '../ledgers/loss.js';
import type { Observations } from '../ledgers/observe.js';
import { isClient } from '../ledgers/roles.js';
import { duration, evidence, type Finding } from './finding.js';
import { placeName, UNSEEN_CONFIDENCE } from './place.js';
import { FELT_GROWTH_US, responseGrowthUs } from './pod-delay.js';

/** The network, the other host or its application: nothing tells them apart from here, but the own part is known. */
export function lateBeyond(ledger: DelayLedger, observations: Observations): Finding | null {
  const { direction, now: split } = ledger;
  const { account, accountBefore, flow } = direction;
  if (!endsUnseen(direction, 'ap') || isClient(flow, observations) !== true) return null;
  const [now, before] = [account.ap ?? account.au, accountBefore.ap ?? accountBefore.au];
  const growth = responseGrowthUs(now, before);
  if (!now || !before || growth === null) return null;
  if (growth < FELT_GROWTH_US && !slowsDown(growth, direction, observations)) return null;
  const place = placeName('unseen', direction);
  return {
    rule: 'unseen_end',
    cause: 'other',
    host: undefined,
    victim: flow,
    harmUs: growth,
    confidence: UNSEEN_CONFIDENCE,
    culprits: [],
    evidence: [
      evidence(
        'unseen.response_time',
        true,
        `From request to response at the ${now.place === 'ap' ? 'pod tap' : 'uplink'} of ${now.host}: ` +
          `${duration(now.response_mean_us ?? 0)} (mean of ${now.responses}) against ${duration(before.response_mean_us ?? 0)} before; ` +
          `${split.sender_host === null ? 'its own part was not measured' : `its own part is ${duration(split.sender_host)}`}.`,
        `SELECT * FROM tap_account(${observations.window.fromNs}, ${observations.window.toNs})`,
        [now],
      ),
    ],
    statement: `Answers to ${describeFlow(flow)} are late ${place}`,
  };
}
