/** Why a term of the split has no number. */
import type { Incident } from '../incidents/incident.js';
import type { Edge, Segment } from './segments.js';

export function whySegment(segment: Segment, incident: Incident): string {
  const victim = incident.victims[0];
  if (!victim) return 'no victim flow known';
  const { flow, src, dst } = victim;
  const atSender = absence(src, flow.src, segment === 'sender_host', incident);
  const atReceiver = absence(
    dst,
    flow.dst,
    segment === 'receiver_host' || segment === 'receiver_pod',
    incident,
  );
  const reasons = {
    sender_host: atSender,
    network: atSender ?? atReceiver,
    receiver_host: atReceiver,
    receiver_pod: atReceiver,
  };
  const reason = reasons[segment];
  if (reason !== null) return reason;
  if (segment !== 'receiver_pod' && src.host === dst.host)
    return `both pods on host ${src.host}, no uplink between them`;
  return 'no byte mark seen at both of its taps';
}

/** What keeps an end from having the taps that a term needs. */
function absence(
  { host, pod }: Incident['victims'][number]['src'],
  address: string,
  needsPodTap: boolean,
  { data_quality }: Incident,
): string | null {
  if (host === null) return `no agent knows ${address}`;
  const silence = silenceOf(host, data_quality);
  if (silence !== null) return silence;
  if (needsPodTap && pod === null) return `no pod tap for ${address}`;
  return null;
}

function silenceOf(
  host: string,
  { hosts_missing, unwatched = [] }: Incident['data_quality'],
): string | null {
  if (hosts_missing.includes(host)) return `agent of host ${host} not connected`;
  return unwatched.some((end) => end.host === host) ? `agent of host ${host} is silent` : null;
}

export function whyEdge(edge: Edge, { victims, timing, data_quality }: Incident): string {
  const victim = victims[0];
  const host = edge.startsWith('sender') ? victim?.src.host : victim?.dst.host;
  if (host === undefined || host === null) return 'no agent there';
  const silence = silenceOf(host, data_quality);
  if (silence !== null) return silence;
  if (timing.armed_at[host] === undefined) return `host ${host} was not armed`;
  return 'no late mark was traced there';
}

export const whyNoSplit = (incident: Incident): string => {
  const { hosts_missing } = incident.data_quality;
  const because =
    hosts_missing.length === 0
      ? 'no byte mark of the victims was seen at both ends'
      : `there is no agent on ${hosts_missing.join(', ')}`;
  return `Not measured: ${because}. The verdict rests on the other ledgers below.`;
};
