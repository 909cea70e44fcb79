/** What vanished between two taps, or behind the last one: whose it is, what did it, and what proves that. */
import type { Evidence } from '../incidents/incident.js';
import { flowId, reversed } from '../ledgers/flow.js';
import type { LossEdge } from '../ledgers/loss.js';
import type { ChangeRow, Direction, DropRow, Observations } from '../ledgers/observe.js';
import {
  causeOfDrop,
  type DropCause,
  dropEvidence,
  droppedPackets,
  dropsOn,
  isOnTheWay,
} from './drops.js';
import { evidence } from './finding.js';
import { wrongWay } from './wrong-way.js';

export interface Lost {
  readonly edge: LossEdge;
  /** null: the place is known, what did it is not. */
  readonly mechanism: DropCause | null;
  readonly proof: readonly Evidence[];
  /** An end dropped some of it: more may show when its tracer has run for the whole window. */
  readonly disputed?: boolean;
}

/** Of what vanished, an end's own drops must be at least this much to be the reason. */
const EXPLAINED = 0.5;
const SHOWN_DROPS = 3;

/**
 * A host's last tap is not its last step: behind it are a queue and a driver, before the other host's first one a ring
 * and a backlog. What is lost between the two hosts' taps is lost on the host that says that it dropped as much, whose
 * interface lost its link, or that sent it to somebody else.
 *
 * @param packets that vanished between two taps
 */
export function lostAt(
  edge: LossEdge,
  direction: Direction,
  packets: number,
  observations: Observations,
): Lost {
  const down = linkDown(direction, observations);
  if (down) return interfaceDown(down, direction, observations);
  const isBetween = edge === 'network' || edge === 'unseen';
  const astray = isBetween ? wrongWay(direction, observations) : null;
  if (astray) return { edge: 'sender_host', ...astray };
  const { srcHost, dstHost } = direction;
  const ofSender = dropsOn(srcHost, direction, observations);
  const ofReceiver = dropsOn(dstHost, direction, observations);
  if (edge === 'sender_host') return droppedAt(edge, ofSender, observations);
  if (edge === 'receiver_host') return droppedAt(edge, ofReceiver, observations);
  const explains = (drops: readonly DropRow[]): boolean =>
    droppedPackets(drops) >= Math.max(1, EXPLAINED * packets);
  if (explains(ofSender)) return droppedAt('sender_host', ofSender, observations);
  if (explains(ofReceiver)) return droppedAt('receiver_host', ofReceiver, observations);
  return { edge, mechanism: null, proof: [], disputed: ofSender.length + ofReceiver.length > 0 };
}

/** What no tap misses, and a pod's own namespace says that it dropped: before its tap or behind it. */
export function droppedInPod(
  direction: Direction,
  observations: Observations,
): { readonly lost: Lost; readonly packets: number } | null {
  const { flow, srcHost, dstHost } = direction;
  const candidates = [
    { edge: 'receiver_host', pod: flow.dst, host: dstHost, of: flow },
    { edge: 'sender_host', pod: flow.src, host: srcHost, of: flow },
    // An ACK.
    { edge: 'receiver_host', pod: flow.dst, host: dstHost, of: reversed(flow) },
  ] as const;
  for (const { edge, pod, host, of } of candidates) {
    const drops = dropsOn(host, { flow: of }, observations).filter(
      (d) => flowId(d) === flowId(of) && d.netns === observations.endpoints.get(pod)?.netns,
    );
    if (drops.length > 0)
      return { lost: droppedAt(edge, drops, observations), packets: droppedPackets(drops) };
  }
  return null;
}

function droppedAt(edge: LossEdge, drops: readonly DropRow[], observations: Observations): Lost {
  const [drop] = drops;
  return {
    edge: drop && isOnTheWay(drop) ? 'network' : edge,
    mechanism: drop ? causeOfDrop(drop) : null,
    proof: drops.slice(0, SHOWN_DROPS).map((d, i) => dropEvidence(d, i + 1, observations)),
  };
}

/** An interface on the way of the direction: not another pod's, which may come and go. */
function linkDown(
  { srcHost, dstHost, flow }: Direction,
  { changes, endpoints }: Observations,
): ChangeRow | undefined {
  const ofOthers = new Set(
    [...endpoints.values()]
      .filter(({ role, address }) => role === 'pod' && address !== flow.src && address !== flow.dst)
      .map(({ host, ifname }) => `${host} ${ifname}`),
  );
  return changes.find(
    (c) =>
      (c.host === srcHost || c.host === dstHost) &&
      c.source === 'device' &&
      c.metric === 'carrier_changes' &&
      c.temporality === 'counter' &&
      c.value > 0 &&
      !ofOthers.has(`${c.host} ${c.object}`),
  );
}

function interfaceDown(change: ChangeRow, { srcHost }: Direction, { window }: Observations): Lost {
  return {
    edge: change.host === srcHost ? 'sender_host' : 'receiver_host',
    mechanism: {
      cause: 'interface_down',
      culprits: [{ kind: 'link', id: change.object, host: change.host, share: 1 }],
    },
    proof: [
      evidence(
        'loss.carrier',
        true,
        `${change.object} on ${change.host} changed its carrier ${change.value} times meanwhile.`,
        `SELECT * FROM host_changes(${window.fromNs}, ${window.toNs}) WHERE source = 'device'`,
        [change],
      ),
    ],
  };
}
