/** What held a sender, by TCP's own account: exclusive states, and the excess of each over the flow's own past. */
import type { AccountRow, Direction, Observations, SenderTimeRow } from './observe.js';
import { arePeers } from './roles.js';

/** Busy for less, in the window or before it, says nothing. */
const LEAST_BUSY_US = 300_000;
const LEAST_PAST_US = 1_000_000;

/** Microseconds of a sender that has data to send; the rest of its time it waits for its application. */
export interface States {
  readonly sendBuffer: number;
  readonly peerWindow: number;
  /** Congestion control, pacing, recovery and the path itself. */
  readonly network: number;
}

export interface SenderTime {
  readonly row: SenderTimeRow;
  readonly now: States;
  /** What the same bytes took before. */
  readonly usual: States;
  readonly excess: States;
  readonly excessUs: number;
  /** Bytes a second while busy. */
  readonly rate: number;
  readonly rateBefore: number;
  /** Bytes a round trip. */
  readonly flight: number;
  readonly flightBefore: number;
}

/** Null where no agent looked at the sender, or nothing is known of its past. */
export function senderTime(direction: Direction, observations: Observations): SenderTime | null {
  const row = direction.sender;
  if (!row || row.busy_us < LEAST_BUSY_US) return null;
  const past = ownPast(row) ?? peersPast(direction, row, observations);
  if (!past || past.bytes <= 0) return null;
  const starved = row.traced_starved_share ?? row.starved_share;
  const now = statesOf(row.busy_us, row.sndbuf_limited_us, row.rwnd_limited_us, starved);
  const scale = row.bytes_acked / past.bytes;
  const usual = mapStates(past.states, (us) => us * scale);
  const excess = {
    sendBuffer: Math.max(0, now.sendBuffer - usual.sendBuffer),
    peerWindow: Math.max(0, now.peerWindow - usual.peerWindow),
    network: Math.max(0, now.network - usual.network),
  };
  const rate = (row.bytes_acked / row.busy_us) * 1e6;
  const rateBefore = (past.bytes / total(past.states)) * 1e6;
  return {
    ...{ row, now, usual, excess, excessUs: total(excess), rate, rateBefore },
    flight: (rate * row.srtt_us) / 1e6,
    flightBefore: (rateBefore * past.srttUs) / 1e6,
  };
}

export const total = ({ sendBuffer, peerWindow, network }: States): number =>
  sendBuffer + peerWindow + network;

const mapStates = (states: States, f: (us: number) => number): States => ({
  sendBuffer: f(states.sendBuffer),
  peerWindow: f(states.peerWindow),
  network: f(states.network),
});

/** @param starved share of the time: TCP's own account of its send buffer may miss some of it. */
function statesOf(
  busyUs: number,
  sndbufLimitedUs: number,
  peerWindow: number,
  starved: number,
): States {
  const sendBuffer = Math.min(busyUs - peerWindow, Math.max(sndbufLimitedUs, starved * busyUs));
  return { sendBuffer, peerWindow, network: busyUs - sendBuffer - peerWindow };
}

interface Past {
  readonly bytes: number;
  readonly states: States;
  readonly srttUs: number;
}

function ownPast(row: SenderTimeRow): Past | null {
  if (row.past_busy_us < LEAST_PAST_US) return null;
  return {
    bytes: row.past_bytes_acked,
    states: statesOf(
      row.past_busy_us,
      row.past_sndbuf_limited_us,
      row.past_rwnd_limited_us,
      row.past_starved_share,
    ),
    srttUs: row.past_srtt_us,
  };
}

/** A connection that was made anew is held against those before it, between the same pods and for the same service. */
function peersPast(
  direction: Direction,
  { srtt_us }: SenderTimeRow,
  { directions }: Observations,
): Past | null {
  const pasts = [...directions.values()]
    .filter((other) => arePeers(direction, other))
    .flatMap(({ accountBefore: { ap, au } }): AccountRow[] => (ap ? [ap] : au ? [au] : []));
  const bytes = pasts.reduce((sum, { payload_bytes }) => sum + payload_bytes, 0);
  const seconds = pasts.reduce((sum, { seconds: s }) => sum + s, 0);
  return seconds * 1e6 < LEAST_PAST_US
    ? null
    : { bytes, states: statesOf(seconds * 1e6, 0, 0, 0), srttUs: srtt_us };
}
