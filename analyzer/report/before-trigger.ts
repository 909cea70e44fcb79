/** What happened to the flow before the trigger, said as a table. */
import type { BeforeTrigger, FlightEntry } from '../incidents/flight.js';
import { count, duration } from './units.js';
import { dstText, srcText } from './words.js';

export const beforeTriggerTable = ({
  flow,
  entries,
}: BeforeTrigger): { readonly head: readonly string[]; readonly rows: readonly string[][] } => ({
  head: ['before the trigger', 'host', 'tap', 'data from', 'what'],
  rows: entries.map((entry) => [
    duration(entry.before_us),
    entry.host,
    entry.pod ?? 'uplink',
    entry.back ? dstText(flow) : srcText(flow),
    WORDS[entry.kind](entry.value),
  ]),
});

const segments = (n: number): string => `${count(n)} segment${n === 1 ? '' : 's'}`;

const WORDS: Readonly<Record<FlightEntry['kind'], (value: number) => string>> = {
  none: () => '–',
  rtt: (us) => `round trip ${duration(us)}, the longest of half a second`,
  response: (us) => `answer after ${duration(us)}, the slowest of half a second`,
  handshake: (us) => `SYN answered after ${duration(us)}`,
  stall: (us) => `ACKs go on after ${duration(us)}`,
  silence: (us) => `both ends were silent for ${duration(us)}`,
  retransmission: (n) => `${segments(n)} sent again`,
  fast_retransmission: (n) => `${segments(n)} sent again after duplicate ACKs`,
  rto: (n) => `${segments(n)} sent again after a timeout`,
  overtaken: (n) => `${segments(n)} overtaken by later ones`,
  hole: (bytes) => `${count(bytes)} bytes missing`,
  window_open: (bytes) => `window open again, ${count(bytes)} bytes`,
  window_small: (bytes) => `window down to ${count(bytes)} bytes`,
  window_shut: () => 'window shut',
  syn_retry: () => 'SYN repeated',
  fin: () => 'FIN',
  reset: () => 'RST',
  icmp_error: () => 'ICMP error',
};
