/** Rules over the sender-time ledger: a send buffer, or the window of the peer, lets less under way than the path carries. */
import { describeFlow, flowId, reversed } from '../ledgers/flow.js';
import type { Direction, Observations, ReaderTimeRow } from '../ledgers/observe.js';
import { hasBothEnds } from '../ledgers/roles.js';
import { type SenderTime, senderTime, type States, total } from '../ledgers/sender-time.js';
import { closedWindow } from './progress.js';
import { duration, evidence, type Finding, percent, round } from './finding.js';

/** Bytes a second while busy, and bytes a round trip: a sender that keeps more of both is not held worse than before. */
const SLOWED = 0.8;
/** Of the time that the same bytes take longer. */
const NAMED = 0.5;
/** Of a receive buffer, over time: from this on its reader does not keep up. */
const UNREAD = 0.4;
const MARK_BYTES = 16_384;

export function senderHeld(direction: Direction, observations: Observations): Finding | null {
  const closed = closedWindow(direction, observations);
  const ledger = senderTime(direction, observations);
  const held = ledger && isSlowed(ledger) && hasBothEnds(direction) ? ledger : null;
  if (held && held.excess.sendBuffer >= NAMED * held.excessUs)
    return sendBuffer(direction, held, observations);
  const { reader } = direction;
  const shut = held !== null && held.excess.peerWindow >= NAMED * held.excessUs;
  if (!reader) return closed;
  if (!closed && !shut) return null;
  const proof = [
    ...(held && shut ? statesEvidence(direction, held, observations) : []),
    readerEvidence(direction, reader, observations),
  ];
  const harmUs = shut ? harmOf(direction, held, held.excess.peerWindow, observations) : 0;
  return receiver(direction, reader, closed, harmUs, proof);
}

const isSlowed = ({ rate, rateBefore, flight, flightBefore }: SenderTime): boolean =>
  rate < SLOWED * rateBefore && flight < SLOWED * flightBefore;

function sendBuffer(direction: Direction, ledger: SenderTime, observations: Observations): Finding {
  const { flow, srcHost } = direction;
  const { row, now } = ledger;
  return {
    rule: 'sender_time_ledger',
    cause: 'sndbuf_limited',
    host: srcHost ?? undefined,
    victim: flow,
    oneWay: true,
    harmUs: harmOf(direction, ledger, ledger.excess.sendBuffer, observations),
    confidence: 0.6 + (0.35 * ledger.excess.sendBuffer) / ledger.excessUs,
    culprits: [{ kind: 'process', id: `${row.comm}/${row.tgid}`, host: srcHost, share: 1 }],
    evidence: [
      ...statesEvidence(direction, ledger, observations),
      evidence(
        'sender.buffer',
        now.sendBuffer > row.sndbuf_limited_us || row.starved_share > 0,
        `The send buffer of ${row.comm}/${row.tgid} holds ${bytes(row.sndbuf)}, bookkeeping of the kernel included` +
          `${row.past_sndbuf === row.sndbuf ? '' : ` (${bytes(row.past_sndbuf)} before)`}: a writer waited for ` +
          `room with all sent ${percent(row.traced_starved_share ?? row.starved_share)} of the time, and never more than ${bytes(row.unsent_bytes)} stood unsent. ` +
          'An application that takes its time would leave it empty.',
        sql(observations),
        [row],
      ),
    ],
    statement: `The send buffer of ${row.comm}/${row.tgid} on ${srcHost} lets ${bytes(ledger.flight)} a round trip of ${duration(row.srtt_us)} under way to ${flow.dst}:${flow.dst_port}`,
  };
}

/** Whose the shut window is: of a reader that leaves its buffer full, or of a buffer that is empty and too small. */
function receiver(
  direction: Direction,
  reader: ReaderTimeRow,
  closed: Finding | null,
  harmUs: number,
  proof: Finding['evidence'],
): Finding {
  const { flow, dstHost, dstPod } = direction;
  const slow = reader.unread_share >= UNREAD;
  const process = reader.comm ? `${reader.comm}/${reader.tgid}` : null;
  const apart = Math.min(1, Math.abs(reader.unread_share - UNREAD) / UNREAD);
  return {
    rule: 'window_ledger',
    cause: slow ? 'slow_reader' : 'rcvbuf_limited',
    host: dstHost ?? undefined,
    victim: flow,
    oneWay: true,
    harmUs: Math.max(harmUs, closed?.harmUs ?? 0),
    confidence: 0.65 + 0.27 * apart,
    culprits: [
      process
        ? { kind: 'process', id: process, host: dstHost, share: 1 }
        : { kind: 'pod', id: dstPod ?? flow.dst, host: dstHost, share: 1 },
    ],
    evidence: [...(closed?.evidence ?? []), ...proof],
    statement: slow
      ? `The reader at ${flow.dst}:${flow.dst_port} on ${dstHost} does not read`
      : `The receive buffer of ${process ?? dstPod ?? flow.dst} on ${dstHost} takes ${bytes(reader.window_bytes)} a round trip`,
  };
}

/** A request, where the direction answers some; else a mark. */
function harmOf(
  { flow }: Direction,
  { row }: SenderTime,
  excessUs: number,
  { directions }: Observations,
): number {
  const account = Object.values(directions.get(flowId(reversed(flow)))?.account ?? {});
  const answers = Math.max(0, ...account.map(({ responses }) => responses));
  return excessUs / Math.max(1, answers > 0 ? answers : row.bytes_acked / MARK_BYTES);
}

function statesEvidence(
  { flow }: Direction,
  ledger: SenderTime,
  observations: Observations,
): Finding['evidence'] {
  const { row, now, usual, rate, rateBefore, flight, flightBefore } = ledger;
  return [
    evidence(
      'sender.states',
      true,
      `In ${duration(row.span_us)} ${describeFlow(flow)} delivered ${bytes(row.bytes_acked)} in ${duration(row.busy_us)} of sending: ` +
        `${told(now)}. The same bytes took ${duration(total(usual))} before: ${told(usual)}.`,
      sql(observations),
      [row],
    ),
    evidence(
      'sender.rate',
      true,
      `While it sends, ${bytes(rate)} a second leave, ${bytes(flight)} a round trip of ${duration(row.srtt_us)}; ` +
        `before, ${bytes(rateBefore)} a second and ${bytes(flightBefore)} a round trip.`,
      sql(observations),
      [row],
    ),
  ];
}

const told = (states: States): string => {
  const share = (us: number): string => percent(us / Math.max(1, total(states)));
  return (
    `held by its send buffer ${share(states.sendBuffer)}, by the window of its peer ${share(states.peerWindow)}, ` +
    `by congestion control and the path ${share(states.network)}`
  );
};

const readerEvidence = (
  { flow, dstHost }: Direction,
  reader: ReaderTimeRow,
  { window }: Observations,
): Finding['evidence'][number] =>
  evidence(
    'window.reader',
    true,
    `At ${flow.dst}:${flow.dst_port} on ${dstHost} ${percent(reader.unread_share)} of what the receive buffer offers stood unread ` +
      `over ${duration(reader.span_us)} (${bytes(reader.unread_bytes)} on average, ${reader.reads} reads); its limit is ` +
      `${bytes(reader.rcvbuf)}, its largest window ${bytes(reader.window_bytes)}.`,
    `SELECT * FROM reader_time(${window.fromNs}, ${window.toNs})`,
    [reader],
  );

const sql = ({ window, baselineWindow }: Observations): string =>
  `SELECT * FROM sender_time(${window.fromNs}, ${window.toNs}, ${baselineWindow.toNs})`;

const bytes = (value: number): string =>
  value >= 1_000_000
    ? `${round(value / 1_000_000)} MB`
    : value >= 1000
      ? `${round(value / 1000)} kB`
      : `${Math.round(value)} bytes`;
