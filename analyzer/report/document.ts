/** The report of an incident as a plain structure: what is said and in which order, for every way to show it. */
import type {
  BlindTap,
  Culprit,
  Evidence,
  Incident,
  LostRecords,
  UnwatchedEnd,
  Split,
  Verdict,
} from '../incidents/incident.js';
import { beforeTriggerTable } from './before-trigger.js';
import { probesTable } from './probes.js';
import { blamedPlace, type Place } from './segments.js';
import { edgeTable, segmentRows, splitNote } from './split.js';
import { count, duration, elapsedUs, moment, percent } from './units.js';
import { whyNoSplit } from './unmeasured.js';
import { waterfallTable } from './waterfall.js';
import {
  causeTitle,
  DOMAIN_NAMES,
  dstText,
  endText,
  flowText,
  headline,
  srcText,
  sureness,
  triggerText,
} from './words.js';

export type Block =
  | { readonly kind: 'text'; readonly text: string }
  | {
      readonly kind: 'table';
      readonly head: readonly string[];
      readonly rows: readonly (readonly string[])[];
    }
  | { readonly kind: 'evidence'; readonly evidence: readonly Evidence[] }
  | {
      readonly kind: 'split';
      readonly split: Split;
      readonly blamed: Place | null;
      readonly incident: Incident;
    };

export interface Section {
  readonly title: string;
  readonly blocks: readonly Block[];
}

export interface Report {
  readonly title: string;
  readonly lead: string;
  /** Name and value of what every reader wants first. */
  readonly facts: readonly (readonly [string, string])[];
  readonly sections: readonly Section[];
}

export function reportOf(incident: Incident): Report {
  const { verdict } = incident;
  return {
    title: headline(incident),
    lead: verdict?.summary ?? 'Harm to the flows below is proved; its place is being traced.',
    facts: facts(incident),
    sections: [
      { title: 'Who suffers', blocks: [victims(incident)] },
      { title: 'Where the time goes', blocks: splitBlocks(incident, blamedPlace(verdict)) },
      ...beforeTrigger(incident),
      ...packetsWay(incident),
      ...(verdict === null ? [] : [culprits(verdict), whatToDo(verdict)]),
      ...evidenceSections(incident.evidence),
      ...(verdict === null ? [] : [alternatives(verdict)]),
      ...translations(incident),
      mappings(incident),
      { title: 'Quality of the data', blocks: quality(incident) },
      ...traced(incident),
      { title: 'Timing', blocks: [timing(incident)] },
      ...earlierVerdicts(incident),
    ],
  };
}

const text = (value: string): Block => ({ kind: 'text', text: value });

function facts({ id, state, verdict }: Incident): Report['facts'] {
  const known: Report['facts'] =
    verdict === null
      ? []
      : [
          ['verdict', DOMAIN_NAMES[verdict.domain]],
          ['host', verdict.host ?? (verdict.domain === 'network' ? 'none: between hosts' : '–')],
          ['layer', verdict.layer ?? '–'],
          ['cause', verdict.cause],
          ['confidence', `${percent(verdict.confidence)} (${sureness(verdict.confidence)})`],
        ];
  return [...known, ['state', state], ['incident', id]];
}

const victims = ({ victims: all }: Incident): Block => ({
  kind: 'table',
  head: ['flow', 'from', 'to'],
  rows: all.map(({ flow, src, dst }) => [flowText(flow), endText(src), endText(dst)]),
});

function splitBlocks(incident: Incident, blamed: Place | null): Block[] {
  const { split } = incident;
  if (split === null) return [text(whyNoSplit(incident))];
  return [
    { kind: 'split', split, blamed, incident },
    {
      kind: 'table',
      head: ['place', 'now', 'baseline', 'growth', 'of all growth'],
      rows: segmentRows(split, incident),
    },
    text(splitNote(split)),
    { kind: 'table', ...edgeTable(split, incident) },
  ];
}

function beforeTrigger({ before_trigger: before, trigger }: Incident): Section[] {
  if (before === undefined) return [];
  return [
    {
      title: 'Before the trigger',
      blocks: [
        text(
          `What taps had kept of ${flowText(before.flow)} when host ${trigger.host} raised the alarm. Each host has its own clock: beside those of ${trigger.host}, times of others are good to some milliseconds.`,
        ),
        { kind: 'table', ...beforeTriggerTable(before) },
      ],
    },
  ];
}

function packetsWay({ waterfall }: Incident): Section[] {
  if (waterfall === undefined) return [];
  const { title, head, rows } = waterfallTable(waterfall);
  return [
    {
      title: 'The way of the worst packet traced',
      blocks: [text(title), { kind: 'table', head, rows }],
    },
  ];
}

function culprits({ culprits: all }: Verdict): Section {
  const row = (c: Culprit): string[] => [c.id, c.kind, c.host ?? '–', percent(c.share)];
  return {
    title: 'Who did it',
    blocks:
      all.length === 0
        ? [text('Nobody can be named from the records.')]
        : [{ kind: 'table', head: ['culprit', 'kind', 'host', 'share'], rows: all.map(row) }],
  };
}

const whatToDo = ({ domain, mitigation }: Verdict): Section => ({
  title: 'What to do',
  blocks: [
    text(
      domain === 'undetermined'
        ? 'Do not act on this verdict: read the evidence and the quality of the data, and close the gaps they name.'
        : mitigation,
    ),
  ],
});

function evidenceSections(all: readonly Evidence[]): Section[] {
  const section = (title: string, supports: boolean, none: string): Section => {
    const evidence = all.filter((e) => e.supports === supports);
    return {
      title,
      blocks: [evidence.length === 0 ? text(none) : { kind: 'evidence', evidence }],
    };
  };
  return [
    section('Evidence for', true, 'None yet.'),
    section('Evidence against', false, 'No record speaks against it.'),
  ];
}

function alternatives({ alternatives: all }: Verdict): Section {
  const row = ({ domain, host, cause, confidence, share }: (typeof all)[number]): string[] => [
    host ? `${DOMAIN_NAMES[domain]} ${host}` : DOMAIN_NAMES[domain],
    `${cause}: ${causeTitle(cause)}`,
    share === undefined ? '–' : percent(share),
    percent(confidence),
  ];
  return {
    title: 'What else it could be',
    blocks:
      all.length === 0
        ? [text('No other rule found anything in these records.')]
        : [
            {
              kind: 'table',
              head: ['where', 'cause', 'of the harm', 'confidence'],
              rows: all.map(row),
            },
          ],
  };
}

function translations({ translations: all = [] }: Incident): Section[] {
  if (all.length === 0) return [];
  return [
    {
      title: 'Address translation',
      blocks: [
        {
          kind: 'table',
          head: ['host', 'asked for', 'translated to', 'stands for'],
          rows: all.map(({ host, asked, sent }) => [
            host,
            flowText(asked),
            dstText(asked) === dstText(sent) ? '–' : `${dstText(asked)} → ${dstText(sent)}`,
            srcText(asked) === srcText(sent) ? '–' : `${srcText(sent)} for ${srcText(asked)}`,
          ]),
        },
      ],
    },
  ];
}

function mappings({ mappings: all }: Incident): Section {
  const row = (m: (typeof all)[number]): string[] => [
    m.host,
    flowText(m.inner),
    flowText(m.outer),
    `${m.encapsulation} ${m.vni}`,
  ];
  return {
    title: 'On the wire',
    blocks:
      all.length === 0
        ? [text('No encapsulation of these flows was seen: their own headers are on the wire.')]
        : [
            {
              kind: 'table',
              head: ['host', 'inner flow', 'outer flow', 'network'],
              rows: all.map(row),
            },
          ],
  };
}

function quality({ data_quality: q, timing }: Incident): Block[] {
  const { blind_taps: blind = [], unwatched = [] } = q;
  const whole =
    q.coverage === 1 &&
    q.records_lost + q.map_evictions === 0 &&
    q.hosts_missing.length + unwatched.length === 0 &&
    blind.every(({ state }) => state === 'ahead');
  return [
    text(
      whole
        ? 'Complete: every tap on the victims’ paths reported and no record was lost.'
        : 'Not complete: the confidence is lowered by what is missing.',
    ),
    {
      kind: 'table',
      head: [
        'taps that reported',
        'hosts missing',
        'records lost',
        'flows evicted',
        'events traced',
      ],
      rows: [
        [
          percent(q.coverage),
          q.hosts_missing.join(', ') || 'none',
          count(q.records_lost),
          count(q.map_evictions),
          count(timing.trace_events),
        ],
      ],
    },
    ...unwatched.map((end) => text(absenceOf(end))),
    ...losses(q.losses ?? []),
    ...blindness(blind),
  ];
}

function traced({ probes = [] }: Incident): Section[] {
  if (probes.length === 0) return [];
  return [
    { title: 'What the trace could see', blocks: [{ kind: 'table', ...probesTable(probes) }] },
  ];
}

/** What no agent tells of an end may be the host's, the network's or the application's. */
const absenceOf = ({ address, host, heard }: UnwatchedEnd): string =>
  host === null
    ? `No agent on the host of ${address}: what happens there is told from the other end only.`
    : `The agent of ${host} (${address}) is silent${heard === null ? '' : ` since ${heard}`}: what its taps do not tell is no proof.`;

function losses(lost: readonly LostRecords[]): Block[] {
  if (lost.length === 0) return [];
  return [
    {
      kind: 'table',
      head: ['host', 'lost at', 'probe', 'processor', 'records'],
      rows: lost.map(({ host, place, reason, probe, cpu, records }) => [
        ...[host, `${place}: ${reason}`, probe || '–', cpu < 0 ? '–' : String(cpu)],
        count(records),
      ]),
    },
  ];
}

function blindness(taps: readonly BlindTap[]): Block[] {
  if (taps.length === 0) return [];
  const unseen = ({ state, missing_share }: BlindTap): string => {
    if (state === 'detached') return 'all: its program is gone';
    return state === 'missing' ? `at least ${percent(missing_share)}` : 'nothing known';
  };
  return [
    {
      kind: 'table',
      head: [
        'tap on the path',
        'direction',
        'not seen of its device’s bytes',
        'runs before the tap',
      ],
      rows: taps.map((tap) => [
        `${tap.host} ${tap.ifname}${tap.pod === null ? '' : ` (${tap.pod})`}`,
        tap.hook,
        unseen(tap),
        tap.ahead || 'no program: traffic that passes by the hook',
      ]),
    },
  ];
}

function timing({ trigger, timing: t, closed_at }: Incident): Block {
  const step = (name: string, at: string): string[] => {
    const since = elapsedUs(t.triggered_at, at);
    return [
      name,
      moment(at),
      since < 0 ? `${duration(-since)} before` : `${duration(since)} after`,
    ];
  };
  const armed = Object.entries(t.armed_at).sort(([, a], [, b]) => a.localeCompare(b));
  return {
    kind: 'table',
    head: ['step', 'at', 'from the trigger'],
    rows: [
      [triggerText(trigger), moment(t.triggered_at), ''],
      ...armed.map(([host, at]) => step(`host ${host} armed`, at)),
      ...(t.verdict_at === null ? [] : [step('verdict', t.verdict_at)]),
      ...(closed_at === null ? [] : [step('closed: its flows are healthy again', closed_at)]),
    ],
  };
}

function earlierVerdicts({ revisions }: Incident): Section[] {
  if (revisions.length === 0) return [];
  const row = ({ at, verdict: v }: (typeof revisions)[number]): string[] => [
    moment(at),
    [DOMAIN_NAMES[v.domain], v.host].filter((part) => part !== null).join(' '),
    v.cause,
    percent(v.confidence),
  ];
  return [
    {
      title: 'Earlier verdicts',
      blocks: [
        {
          kind: 'table',
          head: ['revised at', 'where', 'cause', 'confidence'],
          rows: revisions.map(row),
        },
      ],
    },
  ];
}
