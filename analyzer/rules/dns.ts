/** Rules over the DNS ledger: queries to one server that are answered late or never, by where it shows first. */
import type { FlowKey } from '../incidents/engine.js';
import type { Culprit } from '../incidents/incident.js';
import {
  blameOf,
  type DnsBlame,
  type DnsQuery,
  dnsQueries,
  isLateQuery,
  lateFromUs,
  witnesses,
} from '../ledgers/dns.js';
import { DNS_PORT, isDns, PLACES, reversed } from '../ledgers/flow.js';
import { DNS_SETTLED_NS, type DropRow, type Observations } from '../ledgers/observe.js';
import type { CauseId } from './causes.js';
import { duration, evidence, type Finding, percent, shared } from './finding.js';
import { hostOf, placeName } from './place.js';
import { dropEvidence } from './drops.js';

const LEAST_LATE = 3;
/** By how much the share of late queries must have grown. */
const LEAST_GROWTH = 0.2;

interface Blamed {
  readonly query: DnsQuery;
  readonly blame: DnsBlame;
}

interface Account {
  readonly server: string;
  readonly asked: number;
  readonly late: number;
  readonly shareBefore: number;
}

/** One finding for each place where queries to a suspected server were lost or held up. */
export function nameServers(flows: readonly FlowKey[], observations: Observations): Finding[] {
  const suspects = new Set(flows.filter(isDns).map((f) => f.dst));
  // A service's address near the client, its backend's further on.
  const isSuspect = ({ at }: DnsQuery): boolean =>
    Object.values(at).some((row) => suspects.has(row.dst));
  const settledUs = Number((observations.window.toNs - DNS_SETTLED_NS) / 1000n);
  const now = dnsQueries(observations.dns, observations).filter(
    (q) => q.near.begun_us <= settledUs,
  );
  const before = dnsQueries(observations.dnsBefore, observations);
  const servers = new Set(now.filter(isSuspect).map((q) => q.near.dst));
  return [...servers].flatMap((server) => {
    const asked = ({ near }: DnsQuery): boolean => near.dst === server;
    return judgeServer(server, now.filter(asked), before.filter(asked), observations);
  });
}

/** What a TCP connection to a name server suffers where its queries suffer is the same once more. */
export const isSymptom = ({ host, victim }: Finding, ofNames: readonly Finding[]): boolean =>
  ofNames.some(
    (f) =>
      f.host === host && [victim, reversed(victim)].some((v) => isDns(v) && v.dst === f.victim.dst),
  );

function judgeServer(
  server: string,
  now: readonly DnsQuery[],
  before: readonly DnsQuery[],
  observations: Observations,
): Finding[] {
  const limitUs = lateFromUs(before);
  const isLate = (q: DnsQuery): boolean => isLateQuery(q, limitUs);
  const late = now.filter(isLate);
  const shareBefore = before.filter(isLate).length / Math.max(1, before.length);
  if (late.length < LEAST_LATE || late.length / now.length - shareBefore < LEAST_GROWTH) return [];
  const onTime = [...now, ...before].filter((q) => !isLate(q));
  const pathOf = witnesses(onTime, observations);
  const groups = new Map<string, Blamed[]>();
  for (const query of late) {
    const blamed = { query, blame: blameOf(query, pathOf(query), limitUs) };
    const key = `${blamedHost(blamed)} ${blamed.blame.edge} ${blamed.blame.lost}`;
    groups.set(key, [...(groups.get(key) ?? []), blamed]);
  }
  const account = { server, asked: now.length, late: late.length, shareBefore };
  return [...groups.values()]
    .filter((group) => group.length >= LEAST_LATE)
    .map((group) => finding(group, account, observations));
}

function finding(group: readonly Blamed[], account: Account, observations: Observations): Finding {
  const [newest, ...others] = [...group].sort(
    (a, b) => b.query.near.begun_us - a.query.near.begun_us,
  ) as [Blamed, ...Blamed[]];
  const { query, blame } = newest;
  const host = blamedHost(newest);
  const drop = host ? dropOf(host, query, observations) : undefined;
  const waited = group.reduce((t, { query: q }) => t + q.near.wait_us, 0);
  const what = whatHappens(newest, account);
  return {
    rule: 'dns_ledger',
    cause: causeOf(newest, drop),
    host,
    victim: query.flow,
    harmUs: waited / account.asked,
    confidence: host === undefined ? 0.5 : 0.65 + (0.3 * group.length) / account.late,
    culprits: culpritsOf(group, host, drop),
    evidence: [
      evidence(
        `dns.${blame.edge ?? 'unknown'}.${blame.lost ?? 'late'}`,
        host !== undefined,
        `${account.late} of ${account.asked} queries to ${account.server} were late, repeated or unanswered ` +
          `(before: ${percent(account.shareBefore)}), ${group.length} of them like this one: ${describe(query)}.`,
        `SELECT * FROM dns_passage(${observations.window.fromNs - DNS_SETTLED_NS}, ${observations.window.toNs})`,
        [newest, ...others].slice(0, 3).flatMap(({ query: q }) => Object.values(q.at)),
      ),
      ...(drop ? [dropEvidence(drop, 1, observations)] : []),
    ],
    statement: what,
  };
}

function blamedHost({ query: { ends }, blame: { edge } }: Blamed): string | null | undefined {
  if (edge === undefined) return undefined;
  return edge === 'server' ? (ends.dstHost ?? undefined) : hostOf(edge, ends);
}

const isRefused = ({ query: { at } }: Blamed): boolean =>
  Object.values(at).some((row) => row.unreachable > 0);

function causeOf(blamed: Blamed, drop: DropRow | undefined): CauseId {
  const { edge, lost } = blamed.blame;
  if (edge === undefined) return 'other';
  if (edge === 'server') return isRefused(blamed) ? 'no_listener' : 'dns_slow';
  if (edge === 'network') return lost === null ? 'path_delay' : 'dns_loss';
  return lost !== null && drop ? 'netfilter_drop' : 'other';
}

function whatHappens({ query: { ends }, blame }: Blamed, { server }: Account): string {
  const { edge, lost } = blame;
  if (edge === undefined)
    return `Queries to ${server} are answered late or not at all, and no agent saw what became of them`;
  if (edge === 'server')
    return `The name server ${server} on ${ends.dstHost} does not answer in time`;
  if (lost === null) return `Queries to ${server} are held up ${placeName(edge, ends)}`;
  const what = lost === 'query' ? 'Queries to' : 'Answers of';
  return `${what} ${server} vanish ${placeName(edge, ends)}`;
}

function culpritsOf(
  group: readonly Blamed[],
  host: string | null | undefined,
  drop: DropRow | undefined,
): Culprit[] {
  const [first] = group;
  if (first === undefined || host === undefined) return [];
  const { ends } = first.query;
  if (first.blame.edge === 'server')
    return [{ kind: 'pod', id: ends.dstPod ?? host ?? '', host, share: 1 }];
  if (drop) return [{ kind: 'rule', id: drop.symbol, host: drop.host, share: 1 }];
  if (host !== null) return [];
  const links = new Map<string, number>();
  for (const id of group.map(linkOf)) links.set(id, (links.get(id) ?? 0) + 1);
  return shared(
    [...links].map(([id, share]) => ({ kind: 'link', id, host, share })),
    0,
  );
}

const linkOf = ({ query: { ends }, blame: { lost } }: Blamed): string =>
  lost === 'answer' ? `${ends.dstHost} → ${ends.srcHost}` : `${ends.srcHost} → ${ends.dstHost}`;

/** Of any message of the name server: each query comes from a port of its own. */
function dropOf(host: string, { at }: DnsQuery, { drops }: Observations): DropRow | undefined {
  const addresses = Object.values(at).map((row) => row.dst);
  return drops.find(
    ({ host: where, reason, src, src_port, dst, dst_port }) =>
      where === host &&
      /NETFILTER/.test(reason) &&
      ((dst_port === DNS_PORT && addresses.includes(dst)) ||
        (src_port === DNS_PORT && addresses.includes(src))),
  );
}

const describe = ({ near, at }: DnsQuery): string =>
  `id ${near.transaction_id}${near.name ? ` (${near.name})` : ''} ` +
  PLACES.flatMap((place) => {
    const row = at[place];
    if (!row) return [];
    const answered = row.answers > 0 ? `answered after ${duration(row.wait_us)}` : 'not answered';
    return [`at ${row.host} ${place} asked ${row.exchanges + row.repeats} times and ${answered}`];
  }).join(', ');
