/** The report of an incident as a plain structure: what is said and in which order, for every way to show it. */
import type { Culprit, Flow, Incident, Split, Verdict } from '../incidents/incident.js';
import { duration } from './units.js';

export type Block =
  | { readonly kind: 'text'; readonly text: string }
  | {
      readonly kind: 'table';
      readonly head: readonly string[];
      readonly rows: readonly (readonly string[])[];
    }
  | {
      readonly kind: 'evidence';
      readonly supports: boolean;
      readonly text: string;
      readonly sql: string;
    }
  | { readonly kind: 'split'; readonly split: Split; readonly blamed: Segment | null };

export interface Section {
  readonly title: string;
  readonly blocks: readonly Block[];
}

export interface Report {
  readonly title: string;
  readonly lead: string;
  readonly sections: readonly Section[];
}

/** Places of the path picture, in the order in which data pass them. */
export const SEGMENTS = ['sender_host', 'network', 'receiver_host', 'receiver_pod'] as const;
export type Segment = (typeof SEGMENTS)[number];

export const SEGMENT_NAMES: Record<Segment, string> = {
  sender_host: 'sender host',
  network: 'network',
  receiver_host: 'receiver host',
  receiver_pod: 'receiver pod',
};

export const segmentUs = (terms: Split | Split['baseline'], segment: Segment): number | null =>
  terms[`${segment}_us`];

export function reportOf(incident: Incident): Report {
  const { verdict, split } = incident;
  return {
    title: verdict ? headline(verdict) : 'No verdict yet',
    lead: verdict?.summary ?? 'Harm is proved; its place is being traced.',
    sections: [
      { title: 'Who suffers', blocks: [victims(incident)] },
      { title: 'Where the time goes', blocks: splitBlocks(split, blamedSegment(verdict)) },
      ...(verdict && verdict.culprits.length > 0
        ? [{ title: 'Culprits', blocks: [culprits(verdict.culprits)] }]
        : []),
      {
        title: 'Evidence',
        blocks: incident.evidence.map((e) => ({
          kind: 'evidence' as const,
          supports: e.supports,
          text: e.statement,
          sql: e.sql,
        })),
      },
      ...(verdict && verdict.alternatives.length > 0
        ? [{ title: 'What else it could be', blocks: [alternatives(verdict)] }]
        : []),
      ...(verdict ? [{ title: 'What to do', blocks: [text(verdict.mitigation)] }] : []),
      ...(incident.mappings.length > 0
        ? [{ title: 'On the wire', blocks: [mappings(incident)] }]
        : []),
      { title: 'Quality of the data', blocks: [text(quality(incident))] },
      { title: 'Timing', blocks: [timing(incident)] },
    ],
  };
}

const DOMAIN_NAMES: Record<Verdict['domain'], string> = {
  sender_host: 'Sender host',
  receiver_host: 'Receiver host',
  network: 'Network',
  undetermined: 'Undetermined',
};

export function headline({ domain, host, layer, cause, confidence }: Verdict): string {
  const place = `${DOMAIN_NAMES[domain]}${host === null ? '' : ` ${host}`}`;
  return `${place}: ${cause}${layer === null ? '' : ` (${layer})`}, confidence ${Math.round(confidence * 100)} %`;
}

/** The segment of the picture that the verdict blames. */
function blamedSegment(verdict: Verdict | null): Segment | null {
  if (!verdict || verdict.domain === 'undetermined') return null;
  const inPod = ['application', 'socket', 'scheduler'].includes(verdict.layer ?? '');
  return verdict.domain === 'receiver_host' && inPod ? 'receiver_pod' : verdict.domain;
}

const text = (value: string): Block => ({ kind: 'text', text: value });

export const flowText = ({ src, src_port, dst, dst_port, protocol }: Flow): string =>
  `${protocol} ${src}:${src_port} → ${dst}:${dst_port}`;

function victims({ victims: all }: Incident): Block {
  const end = ({ host, pod, process }: Incident['victims'][number]['src']): string =>
    [pod ?? 'unknown pod', host === null ? 'no agent' : `host ${host}`, process]
      .filter((part) => part !== null)
      .join(', ');
  return {
    kind: 'table',
    head: ['flow', 'from', 'to'],
    rows: all.map(({ flow, src, dst }) => [flowText(flow), end(src), end(dst)]),
  };
}

const measured = (us: number | null): string => (us === null ? 'not measured' : duration(us));

function splitBlocks(split: Split | null, blamed: Segment | null): Block[] {
  if (split === null) return [text('No byte mark was seen at both ends, so there is no split.')];
  const growth = (now: number | null, before: number | null): string =>
    now === null || before === null
      ? ''
      : `${now >= before ? '+' : '−'}${duration(Math.abs(now - before))}`;
  return [
    { kind: 'split', split, blamed },
    {
      kind: 'table',
      head: ['place', 'now', 'baseline', 'growth'],
      rows: SEGMENTS.map((segment) => {
        const now = segmentUs(split, segment);
        const before = segmentUs(split.baseline, segment);
        return [SEGMENT_NAMES[segment], measured(now), measured(before), growth(now, before)];
      }),
    },
    text(
      `Means of late byte marks, ${split.samples} joined over all taps; each term is a difference on one host's clock. ` +
        `Hosts include their edges: sender transmit ${measured(split.edges_us.sender_tx)}, receiver receive ${measured(split.edges_us.receiver_rx)}, ` +
        `receiver transmit ${measured(split.edges_us.receiver_tx)}, sender receive ${measured(split.edges_us.sender_rx)}.`,
    ),
  ];
}

const culprits = (all: readonly Culprit[]): Block => ({
  kind: 'table',
  head: ['culprit', 'kind', 'host', 'share'],
  rows: all.map((c) => [c.id, c.kind, c.host ?? '', `${Math.round(c.share * 100)} %`]),
});

const alternatives = (verdict: Verdict): Block => ({
  kind: 'table',
  head: ['domain', 'cause', 'confidence'],
  rows: verdict.alternatives.map((a) => [a.domain, a.cause, `${Math.round(a.confidence * 100)} %`]),
});

const mappings = ({ mappings: all }: Incident): Block => ({
  kind: 'table',
  head: ['host', 'inner flow', 'outer flow', 'id'],
  rows: all.map((m) => [
    m.host,
    flowText(m.inner),
    `${m.encapsulation} ${flowText(m.outer)}`,
    `${m.vni}`,
  ]),
});

function quality({ data_quality: q, timing: t }: Incident): string {
  const missing =
    q.hosts_missing.length === 0 ? 'no host missing' : `no agent on ${q.hosts_missing.join(', ')}`;
  return (
    `${Math.round(q.coverage * 100)} % of the taps on the victims' paths reported; ${missing}; ` +
    `${q.records_lost} records lost, ${q.map_evictions} flows evicted; ${t.trace_events} trace events in the window.`
  );
}

function timing({ trigger, timing: t, closed_at }: Incident): Block {
  const since = (at: string): string =>
    `+${duration((Date.parse(at) - Date.parse(t.triggered_at)) * 1000)}`;
  return {
    kind: 'table',
    head: ['step', 'time', 'since trigger'],
    rows: [
      [`trigger: ${trigger.kind} on ${trigger.host}`, t.triggered_at, ''],
      ...Object.entries(t.armed_at)
        .sort(([, a], [, b]) => a.localeCompare(b))
        .map(([host, at]) => [`armed on ${host}`, at, since(at)]),
      ...(t.verdict_at ? [['verdict', t.verdict_at, since(t.verdict_at)]] : []),
      ...(closed_at ? [['closed', closed_at, since(closed_at)]] : []),
    ],
  };
}
