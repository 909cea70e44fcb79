import type { ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { PAIR_DEVICE } from '../../experiments/testbed/pair.js';
import { forEachCounter } from '../../primitives/agent/counters/netstat.js';

/** What one end of the pair has seen, by its kernel's own counters. Packets are as TC sees them. */
export interface EndCounters {
  readonly sentPackets: number;
  readonly sentBytes: number;
  readonly receivedPackets: number;
  readonly receivedBytes: number;
  /** TCP segments sent again. */
  readonly retransmitted: number;
}

/** Of the network namespace of a process. */
export function readEnd(child: ChildProcess): EndCounters {
  const device = read(child, 'dev')
    .split('\n')
    .find((line) => line.trim().startsWith(`${PAIR_DEVICE}:`));
  // Eight columns of receiving, then those of sending; each eight begin with bytes and packets.
  const [receivedBytes = 0, receivedPackets = 0, , , , , , , sentBytes = 0, sentPackets = 0] = (
    device?.split(':')[1] ?? ''
  )
    .trim()
    .split(/\s+/)
    .map(Number);
  const retransmitted = protocolCounter(read(child, 'snmp'), 'Tcp.RetransSegs');
  return { receivedBytes, receivedPackets, sentBytes, sentPackets, retransmitted };
}

/** IP bytes that its stack has taken in: what a full queue dropped on the way is not in it. */
export const receivedOctets = (child: ChildProcess): number =>
  protocolCounter(read(child, 'netstat'), 'IpExt.InOctets');

const read = ({ pid }: ChildProcess, file: string): string =>
  readFileSync(`/proc/${pid}/net/${file}`, 'utf8');

function protocolCounter(text: string, wanted: string): number {
  let found = NaN;
  forEachCounter(text, (counter, value) => {
    if (counter === wanted) found = value;
  });
  return found;
}
