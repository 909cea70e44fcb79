/** Who asks and who answers, and whose traffic is whose. */
import type { FlowKey } from '../incidents/engine.js';
import { flowId, reversed } from './flow.js';
import type { Direction, Observations } from './observe.js';

const EPHEMERAL_FROM = 32768;

/** True when src opened the connection (or looks like it), false when dst did, undefined when neither shows. */
export function isClient(flow: FlowKey, observations: Observations): boolean | undefined {
  const sent = (f: FlowKey): number => {
    const direction = observations.directions.get(flowId(f));
    const rows = Object.values({ ...direction?.accountBefore, ...direction?.account });
    return Math.max(0, ...rows.map((r) => r.syns));
  };
  const here = sent(flow);
  const there = sent(reversed(flow));
  if (here !== there) return here > there;
  const listens = (port: number): boolean => observations.listening.has(port);
  if (listens(flow.dst_port) !== listens(flow.src_port)) return listens(flow.dst_port);
  const ephemeral = (port: number): boolean => port >= EPHEMERAL_FROM;
  if (ephemeral(flow.src_port) !== ephemeral(flow.dst_port)) return ephemeral(flow.src_port);
  return undefined;
}

/** Both ends are there: what is sent to a pod that was deleted, or by one, vanishes because of that. */
export const hasBothEnds = ({ account }: Direction): boolean =>
  Object.values(account).every(({ src_present, dst_present }) => src_present && dst_present);

/** Bytes a second of one direction, at the tap nearest to its source. */
export function rate(direction: Direction | undefined, seconds: number, before = false): number {
  const account = before ? direction?.accountBefore : direction?.account;
  const row = account?.ap ?? account?.au ?? account?.bu ?? account?.bp;
  return (row?.wire_bytes ?? 0) / Math.max(seconds, 0.1);
}

/** Payload exchanged in both directions looks like questions and answers rather than a stream. */
export function isRequestResponse(direction: Direction): boolean {
  const rows = Object.values({ ...direction.accountBefore, ...direction.account });
  return rows.some((r) => r.responses >= 2);
}

/** A stream: more than 1 Mbit/s in this direction. */
const STREAM_BYTES_PER_SECOND = 125_000;
/** A flow that keeps this share of the bytes that stand in the queue waits for itself. */
const OWN_SHARE = 0.35;

/**
 * The queue that delays this direction is its own: it streams, its own outstanding bytes fill the queue, and it is
 * not slower than it was. A bulk flow that fills its path does so in health.
 */
export function isSelfInflicted(
  direction: Direction,
  excessUs: number,
  observations: Observations,
): boolean {
  const own = rate(direction, observations.seconds);
  if (own < STREAM_BYTES_PER_SECOND) return false;
  const before = rate(direction, observations.baselineSeconds, true);
  const shared = sharedRate(direction, observations);
  const queued = (excessUs / 1e6) * shared;
  const outstanding = Math.max(
    0,
    ...Object.values(direction.account).map((r) => r.outstanding_bytes ?? 0),
  );
  const fills = outstanding >= OWN_SHARE * queued || own >= OWN_SHARE * shared;
  return fills && own >= 0.7 * before;
}

/** Bytes a second of everything that leaves the source host or reaches the destination host, the larger of both. */
function sharedRate(direction: Direction, observations: Observations): number {
  let leaving = 0;
  let arriving = 0;
  for (const other of observations.directions.values()) {
    if (other.account.au && other.srcHost === direction.srcHost)
      leaving += other.account.au.wire_bytes;
    if (other.account.bu && other.dstHost === direction.dstHost)
      arriving += other.account.bu.wire_bytes;
  }
  return Math.max(leaving, arriving) / Math.max(observations.seconds, 0.1);
}

/** Between the same pods, for the same service. */
export const arePeers = (one: Direction, other: Direction): boolean =>
  other.srcHost === one.srcHost &&
  other.dstHost === one.dstHost &&
  other.srcPod === one.srcPod &&
  other.dstPod === one.dstPod &&
  (other.flow.dst_port === one.flow.dst_port || other.flow.src_port === one.flow.src_port);
