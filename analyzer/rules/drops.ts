/** What the kernel of a host says that it dropped: by its reason, the mechanism that did it. */
import type { Culprit, Evidence } from '../incidents/incident.js';
import type { Direction, DropRow, Observations } from '../ledgers/observe.js';
import type { CauseId, Layer } from './causes.js';
import { evidence } from './finding.js';

export interface DropCause {
  readonly cause: CauseId;
  /** Where the cause's usual layer does not fit. */
  readonly layer?: Layer;
  readonly culprits: Culprit[];
}

interface Mechanism {
  /** Of packets that are the dropping namespace's own; on a segment that floods, everybody drops those of others. */
  readonly ownOnly?: boolean;
  /** Found here, and done on the way. */
  readonly onTheWay?: boolean;
  /** Of enum skb_drop_reason (include/net/dropreason-core.h, 6.18). */
  readonly reasons: RegExp;
  readonly cause: CauseId;
  readonly layer?: Layer;
  readonly kind: Culprit['kind'];
  readonly id: (drop: DropRow) => string;
}

const device = ({ ifname, symbol }: DropRow): string => ifname || symbol;
const symbol = (drop: DropRow): string => drop.symbol;
const rule = (drop: DropRow): string => drop.rule ?? drop.symbol;

/** Other reasons name a consequence, not a mechanism. */
const MECHANISMS: readonly Mechanism[] = [
  { reasons: /NETFILTER/, cause: 'netfilter_drop', kind: 'rule', id: rule },
  { reasons: /QDISC|FQ_|CAKE_|DUALPI2/, cause: 'qdisc_backlog', kind: 'qdisc', id: device },
  { reasons: /CPU_BACKLOG/, cause: 'backlog_overflow', kind: 'qdisc', id: () => 'cpu backlog' },
  { reasons: /TC_(IN|E)GRESS/, cause: 'other', layer: 'qdisc', kind: 'qdisc', id: device },
  { reasons: /XDP|FULL_RING/, cause: 'other', layer: 'driver', kind: 'link', id: device },
  {
    reasons: /SOCKET_BACKLOG|RCVBUFF|PROTO_MEM|NOMEM/,
    cause: 'other',
    layer: 'socket',
    kind: 'socket',
    id: symbol,
  },
  {
    reasons: /RPFILTER|ROUTES|ADDRERRORS|INVALID_(SOURCE|DEST)/,
    cause: 'other',
    layer: 'netfilter',
    kind: 'rule',
    id: symbol,
  },
  { reasons: /OTHERHOST/, ownOnly: true, cause: 'other', layer: 'link', kind: 'link', id: device },
  {
    reasons: /CSUM/,
    onTheWay: true,
    cause: 'packet_loss',
    kind: 'link',
    id: () => 'between the hosts',
  },
  {
    reasons: /NEIGH_|VXLAN_|TUNNEL_|NO_TX_TARGET|PKT_TOO_BIG|DEV_READY|STP_STATE/,
    cause: 'other',
    layer: 'link',
    kind: 'link',
    id: device,
  },
];

const mechanismOf = ({ reason }: DropRow): Mechanism | undefined =>
  MECHANISMS.find(({ reasons }) => reasons.test(reason));

/** The mechanism that dropped the packet, with its culprit; null if the reason tells of none. */
export function causeOfDrop(drop: DropRow): DropCause | null {
  const mechanism = mechanismOf(drop);
  if (!mechanism) return null;
  const { cause, layer, kind, id, onTheWay } = mechanism;
  const culprit = { kind, id: id(drop), host: onTheWay ? null : drop.host, share: 1 };
  return { cause, ...(layer && { layer }), culprits: [culprit] };
}

export const isOnTheWay = (drop: DropRow): boolean => mechanismOf(drop)?.onTheWay ?? false;

function isTelling(drop: DropRow, { endpoints }: Observations): boolean {
  const mechanism = mechanismOf(drop);
  if (!mechanism) return false;
  return !mechanism.ownOnly || endpoints.get(drop.dst)?.netns === drop.netns;
}

/**
 * What a host dropped for a reason that tells, most first: of the direction, and of others between the same addresses
 * and service, since a client that tries again does so from another port.
 */
export const dropsOn = (
  host: string | null | undefined,
  { flow }: Pick<Direction, 'flow'>,
  observations: Observations,
): DropRow[] =>
  observations.drops
    .filter(
      (d) =>
        d.host === host &&
        d.src === flow.src &&
        d.dst === flow.dst &&
        (d.src_port === flow.src_port || d.dst_port === flow.dst_port) &&
        isTelling(d, observations),
    )
    .sort((a, b) => b.packets - a.packets);

export const droppedPackets = (drops: readonly DropRow[]): number =>
  drops.reduce((sum, { packets }) => sum + packets, 0);

export const dropEvidence = (drop: DropRow, number: number, { window }: Observations): Evidence =>
  evidence(
    `loss.drop.${number}`,
    true,
    `${drop.host} dropped ${drop.packets} packets of it: ${drop.reason} in ${drop.symbol}${drop.ifname ? ` on ${drop.ifname}` : ''}${drop.rule ? `, by the rule “${drop.rule}”` : ''}.`,
    `SELECT * FROM drops(${window.fromNs}, ${window.toNs})`,
    [drop],
  );
