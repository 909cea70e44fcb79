/** Connections that are refused: by whom, the taps tell that saw the RST pass. */
import { beginsUnseen, edgeBehind, isExpected, type LossEdge } from '../ledgers/loss.js';
import { describeFlow, PLACES } from '../ledgers/flow.js';
import type { Direction, Observations } from '../ledgers/observe.js';
import { evidence, type Finding, SETUP_HARM_US } from './finding.js';
import { hostOf, placeName, UNSEEN_CONFIDENCE } from './place.js';

/** By then every tap has told what it saw: its sweep, and the sending of it. */
const SETTLED_MS = 1000;

const CAUSE = {
  server: 'no_listener',
  network: 'syn_filtered',
  sender_host: 'netfilter_drop',
  receiver_host: 'netfilter_drop',
  unseen: 'other',
} as const;

const CULPRIT = {
  server: 'socket',
  network: 'link',
  sender_host: 'rule',
  receiver_host: 'rule',
} as const;

const seenMsAgo = ({ account }: Direction): number =>
  Math.min(...Object.values(account).map((row) => row.seen_ms_ago));

/** The direction of a SYN, and that of the RST that answers it. */
export function refused(
  direction: Direction,
  back: Direction,
  observations: Observations,
): Finding | null {
  if (!isRefusedAgain(direction, observations)) return null;
  const { edge, seen } = originOf(back);
  if (edge !== null && seenMsAgo(back) < SETTLED_MS) return null;
  const { flow, dstPod, dstHost } = direction;
  const server = `${flow.dst}:${flow.dst_port}`;
  const host = edge === null ? (dstHost ?? undefined) : hostOf(edge, back);
  return {
    rule: 'setup_ledger',
    cause: CAUSE[edge ?? 'server'],
    host,
    victim: flow,
    harmUs: SETUP_HARM_US,
    confidence: edge === null ? 0.95 : edge === 'unseen' ? UNSEEN_CONFIDENCE : 0.85,
    culprits:
      edge === 'unseen'
        ? []
        : [{ kind: CULPRIT[edge ?? 'server'], id: server, host: host ?? null, share: 1 }],
    evidence: [
      evidence(
        'setup.reset',
        true,
        edge === null
          ? `${dstPod ?? flow.dst} answers the SYN of ${describeFlow(flow)} with RST, seen leaving at ${seen}.`
          : `The SYN of ${describeFlow(flow)} is answered with an RST that arose ${placeName(edge, back)}: ${seen} saw it first, no tap of the server did.`,
        `SELECT * FROM tap_account(${observations.window.fromNs}, ${observations.window.toNs})`,
        [...Object.values(direction.account), ...Object.values(back.account)],
      ),
    ],
    statement:
      edge === null
        ? `${dstHost ?? 'The receiver'} refuses connections to ${server}`
        : `Connections to ${server} are refused ${placeName(edge, back)}, not by the server`,
  };
}

/** Where the RST arose: null at the server itself, else behind the last tap that should have seen it and did not. */
function originOf(back: Direction): { edge: LossEdge | null; seen: string } {
  const first = PLACES.find((place) => (back.account[place]?.resets ?? 0) > 0) ?? 'bp';
  const before = PLACES.slice(0, PLACES.indexOf(first)).filter((p) => isExpected(back, p));
  const last = before.at(-1);
  const seen = `${back.account[first]?.host ?? '?'} (${first})`;
  if (last === undefined && beginsUnseen(back, first)) return { edge: 'unseen', seen };
  return { edge: last === undefined ? null : edgeBehind(last, first), seen };
}

/** Refused at least twice since somebody last got in: a server that has just started refuses once. */
function isRefusedAgain({ flow }: Direction, observations: Observations): boolean {
  const refusedMsAgo: number[] = [];
  let acceptedMsAgo = Infinity;
  for (const back of observations.directions.values()) {
    if (back.flow.src !== flow.dst || back.flow.src_port !== flow.dst_port) continue;
    const rows = Object.values(back.account);
    if (rows.some((r) => r.syn_acks > 0)) acceptedMsAgo = Math.min(acceptedMsAgo, seenMsAgo(back));
    else if (rows.some((r) => r.resets > 0)) refusedMsAgo.push(seenMsAgo(back));
  }
  return refusedMsAgo.filter((ago) => ago < acceptedMsAgo).length >= 2;
}
