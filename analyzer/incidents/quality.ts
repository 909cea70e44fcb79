/** The account of the data behind a diagnosis: what was lost, who was missing, how much was traced. */
import { flowId } from '../ledgers/flow.js';
import { sent, type Translations } from '../ledgers/translations.js';
import type { Direction, Observations, Queries, Window } from '../ledgers/observe.js';
import { blindTaps } from './blindness.js';
import type { FlowKey } from './engine.js';
import type { BlindTap, Incident, LostRecords, UnwatchedEnd } from './incident.js';
import { rfc3339, wireFlow } from './wire.js';

interface MappingRow extends FlowKey {
  readonly host: string;
  readonly encapsulation: string;
  readonly outer_src: string;
  readonly outer_dst: string;
  readonly outer_src_port: number;
  readonly outer_dst_port: number;
  readonly vni: number;
}

const OUTER_PROTOCOL: Record<string, string> = {
  vxlan: 'udp',
  geneve: 'udp',
  ipip: 'ipip',
  gre: 'gre',
};
const MOST_MAPPINGS = 8;
const MOST_LOSSES = 8;

export interface DataQuality {
  readonly recordsLost: number;
  readonly evictions: number;
  /** Where most of both were lost. */
  readonly losses: LostRecords[];
  readonly coverage: number;
  readonly blindTaps: BlindTap[];
  readonly unwatched: UnwatchedEnd[];
  readonly traceEvents: number;
  readonly mappings: Incident['mappings'];
  readonly translations: NonNullable<Incident['translations']>;
  /** Process names by flow, from socket owners. */
  readonly processes: ReadonlyMap<string, string>;
}

/** Flows under their true addresses, by connection. */
export interface Subject {
  readonly flows: ReadonlyMap<string, FlowKey>;
  readonly translations: Translations;
}

export async function dataQuality(
  store: Queries,
  subject: Subject,
  observations: Observations,
): Promise<DataQuality> {
  const { window } = observations;
  const [lost, blind, events, mapped, owners] = await Promise.all([
    losses(store, window),
    blindTaps(store, [...subject.flows.values()], observations),
    traceEvents(store, window),
    mappings(store, subject),
    processes(store, subject, window),
  ]);
  return {
    ...lost,
    coverage: coverage(subject, observations),
    blindTaps: blind,
    unwatched: unwatchedEnds(subject, observations),
    traceEvents: events,
    mappings: mapped,
    translations: subject.translations.bindings.slice(-MOST_MAPPINGS).map((binding) => ({
      host: binding.host,
      kind: binding.kind,
      asked: wireFlow(binding),
      sent: wireFlow(sent(binding)),
    })),
    processes: owners,
  };
}

const received = ({ fromNs, toNs }: Window): string =>
  `received_ns BETWEEN ${fromNs} AND ${toNs + 10_000_000_000n}`;

async function losses(
  store: Queries,
  window: Window,
): Promise<{ recordsLost: number; evictions: number; losses: LostRecords[] }> {
  const rows = (await store.query(
    `SELECT host, place, reason, probe, cpu, sum(records)::DOUBLE AS records FROM loss_account
     WHERE ${received(window)} AND reason <> 'budget' AND records > 0
     GROUP BY ALL ORDER BY sum(records) DESC, host, place, reason, probe, cpu`,
  )) as unknown as LostRecords[];
  const of = (which: (reason: string) => boolean): number =>
    rows.filter(({ reason }) => which(reason)).reduce((sum, { records }) => sum + records, 0);
  return {
    // What an agent left out to stay within its budget was never a record.
    recordsLost: of((reason) => reason !== 'evicted' && reason !== 'shed'),
    evictions: of((reason) => reason === 'evicted'),
    losses: rows.slice(0, MOST_LOSSES),
  };
}

async function traceEvents(store: Queries, window: Window): Promise<number> {
  const tables = ['packet_event', 'socket_event', 'sched_event'];
  const counts = tables.map((t) => `(SELECT count(*) FROM ${t} WHERE ${received(window)})`);
  const rows = await store.query(`SELECT ${counts.join(' + ')} AS events`);
  return Number(rows[0]?.['events'] ?? 0);
}

/** Ends of the victims' flows of which no agent tells, or tells no more. */
function unwatchedEnds(subject: Subject, { directions, silent }: Observations): UnwatchedEnd[] {
  const found = new Map<string, UnwatchedEnd>();
  for (const flow of subject.flows.values()) {
    const direction = directions.get(flowId(flow));
    if (!direction) continue;
    for (const [address, host] of [
      [flow.src, direction.srcHost],
      [flow.dst, direction.dstHost],
    ] as const) {
      if (host !== null && !silent.has(host)) continue;
      const lastNs = host === null ? null : (silent.get(host) ?? null);
      found.set(address, { address, host, heard: lastNs === null ? null : rfc3339(lastNs) });
    }
  }
  return [...found.values()].sort((a, b) => (a.address < b.address ? -1 : 1));
}

/** Pod tap and uplink, of an end that no agent knows. */
const USUAL_TAPS = 2;

/** Taps that reported the victims over taps that lie on their paths. */
function coverage(subject: Subject, observations: Observations): number {
  let expected = 0;
  let reported = 0;
  for (const flow of subject.flows.values()) {
    const direction = observations.directions.get(flowId(flow));
    if (!direction) continue;
    const { srcHost, dstHost, srcPod, dstPod } = direction;
    const uplink = srcHost === dstHost ? 0 : 1;
    const taps = (host: string | null, pod: string | null): number =>
      host === null ? USUAL_TAPS : (pod ? 1 : 0) + uplink;
    expected += taps(srcHost, srcPod) + taps(dstHost, dstPod);
    reported += tapsThatTell(direction);
  }
  return expected === 0 ? 1 : Math.min(1, Number((reported / expected).toFixed(2)));
}

const tapsThatTell = ({ account, srcHost, srcSilent, dstSilent }: Direction): number =>
  Object.values(account).filter(({ host }) => !(host === srcHost ? srcSilent : dstSilent)).length;

async function mappings(store: Queries, subject: Subject): Promise<Incident['mappings']> {
  const ports = [...subject.flows.values()].map((f) => f.src_port);
  if (ports.length === 0) return [];
  const rows = (await store.query(
    `SELECT DISTINCT ON (host, src, src_port, dst, dst_port) *
     FROM mapping WHERE src_port IN (${ports.join(', ')}) OR dst_port IN (${ports.join(', ')})
     ORDER BY host, src, src_port, dst, dst_port, last_seen_ns DESC LIMIT ${MOST_MAPPINGS}`,
  )) as unknown as MappingRow[];
  return rows.map((m) => ({
    host: m.host,
    inner: wireFlow({
      src: m.src,
      src_port: m.src_port,
      dst: m.dst,
      dst_port: m.dst_port,
      protocol: m.protocol,
    }),
    encapsulation: m.encapsulation,
    outer: {
      src: m.outer_src,
      src_port: m.outer_src_port,
      dst: m.outer_dst,
      dst_port: m.outer_dst_port,
      protocol: OUTER_PROTOCOL[m.encapsulation] ?? m.encapsulation,
    },
    vni: m.vni,
  }));
}

/** Who held the sockets at the window's end, by the flows' true addresses. Who lost an address holds no socket of it. */
async function processes(
  store: Queries,
  { translations }: Subject,
  { toNs }: Window,
): Promise<Map<string, string>> {
  const rows = (await store.query(
    `SELECT o.src, o.src_port, o.dst, o.dst_port, o.protocol,
       arg_max(o.comm, o.time_ns + c.offset_ns) AS comm, arg_max(o.tgid, o.time_ns + c.offset_ns) AS tgid
     FROM socket_owner o
     JOIN host_clock c ON c.host = o.host
     LEFT JOIN stg_owner a ON a.address = o.src AND a.from_ns <= ${toNs} AND a.until_ns > ${toNs}
     WHERE o.time_ns + c.offset_ns <= ${toNs}
       AND (a.address IS NULL OR a.host = o.host AND a.netns = o.netns)
     GROUP BY ALL`,
  )) as unknown as (FlowKey & { comm: string; tgid: number })[];
  return new Map(
    rows.map((r) => [
      flowId(
        translations.trueFlow({
          src: r.src,
          src_port: r.src_port,
          dst: r.dst,
          dst_port: r.dst_port,
          protocol: r.protocol,
        }),
      ),
      `${r.comm}/${r.tgid}`,
    ]),
  );
}
