/** The way of one segment, said as a table: a line a step, a column of times a host. */
import type { Waterfall, WaterfallStep } from '../incidents/waterfall.js';
import { count, duration, growth, moment } from './units.js';
import { flowText } from './words.js';

export interface WaterfallTable {
  readonly title: string;
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** Of the longest wait. */
const BAR = 12;

export function waterfallTable(waterfall: Waterfall): WaterfallTable {
  const { steps } = waterfall;
  const hosts = [...new Set(steps.map(({ host }) => host))];
  const longest = Math.max(0, ...steps.map(({ wait_us }) => wait_us ?? 0));
  const line = (s: WaterfallStep): string[] => [
    stepName(s),
    ...hosts.map((host) => (host === s.host ? growth(s.since_first_us) : '')),
    s.wait_us === null ? '' : `${growth(s.wait_us)} ${bar(s.wait_us, longest)}`.trimEnd(),
    notes(s).join('; '),
  ];
  return {
    title: titleOf(waterfall),
    head: ['step', ...hosts.map((host) => `host ${host}`), 'since the step before', 'note'],
    rows: steps.flatMap((s, i) => {
      const crosses = i > 0 && s.leg === 'in' && steps[i - 1]?.leg === 'out';
      return crosses ? [networkLine(s, hosts.length), line(s)] : [line(s)];
    }),
  };
}

const bar = (us: number, longest: number): string =>
  '▇'.repeat(longest > 0 ? Math.round((us / longest) * BAR) : 0);

const networkLine = ({ network_us }: WaterfallStep, hosts: number): string[] => [
  '– network –',
  ...Array.from({ length: hosts }, () => ''),
  network_us === null ? '' : growth(network_us),
  network_us === null
    ? 'no byte mark in this segment: its share of the network is not known'
    : 'there and back: R_au − T_bu of a byte mark in it',
];

const ENDS: Record<Waterfall['end'], string> = {
  dropped: 'dropped',
  lost: 'lost on its way and sent again',
  acknowledged: 'acknowledged',
  received: 'received, its acknowledgement was not seen',
  unseen: 'not seen at its end',
};

const TAPS: Readonly<Record<string, string>> = {
  ap: 'the sender’s pod tap',
  au: 'the sender’s uplink',
  bu: 'the receiver’s uplink',
  bp: 'the receiver’s pod tap',
};

function titleOf({ flow, seq, end_seq, passage, sent_at, end, missing }: Waterfall): string {
  const bytes = (end_seq - seq + 2 ** 32) % 2 ** 32;
  return [
    flowText(flow),
    `bytes ${seq}–${end_seq} (${count(bytes)})`,
    ...(passage > 1 ? [`sent for the ${passage}. time`] : []),
    `sent ${moment(sent_at)}`,
    ENDS[end],
    ...(missing.length > 0
      ? [`not seen at ${missing.map((place) => TAPS[place] ?? place).join(', ')}`]
      : []),
  ].join(', ');
}

const NAMES: Readonly<Record<string, string>> = {
  send: 'write returns',
  receive: 'read returns',
  data_ready: 'data ready',
  retransmit: 'sent again',
  qdisc_enqueue: 'into the queue',
  dev_xmit: 'driver transmit',
  netif_rx: 'driver receive',
  napi_receive: 'polled (NAPI)',
  drop: 'dropped',
  tap: 'tap',
};

function stepName({ ack, probe, pod, ifname }: WaterfallStep): string {
  const name = NAMES[probe] ?? probe;
  return [ack ? `ACK: ${name}` : name, pod ?? ifname].filter((part) => part !== '').join(' ');
}

const MATCHED: Readonly<Record<string, string>> = {
  time: 'by time alone',
  order: 'by order alone',
};

function notes(s: WaterfallStep): string[] {
  return [
    ...(s.layer === 'socket' && s.bytes > 0 ? [`${count(s.bytes)} bytes`] : []),
    ...(s.thread === null || s.probe === 'data_ready' ? [] : [s.thread]),
    ...(s.packets > 1 ? [`${s.packets} packets, the last ${growth(s.spread_us)}`] : []),
    ...(s.backlog_bytes > 0 ? [`${count(s.backlog_bytes)} bytes queued`] : []),
    ...(s.drop_reason === null
      ? []
      : [`${s.drop_reason} in ${s.drop_symbol ?? 'an unknown place'}`]),
    ...s.waits.map(
      ({ kind, us, task, ran }) =>
        `${task ?? 'receive processing'} ${kind === 'throttled' ? 'throttled' : 'waited'} ${duration(us)}` +
        (ran === null ? '' : ` while ${ran} ran`),
    ),
    ...(s.matched in MATCHED ? [MATCHED[s.matched] ?? ''] : []),
  ];
}
