/** Flows and times as an incident has them, and back. */
import type { FlowKey } from './engine.js';
import type { Flow } from './flow.js';

const PROTOCOLS: Record<number, string> = { 1: 'icmp', 6: 'tcp', 17: 'udp', 58: 'icmpv6' };

export const wireFlow = ({ src, src_port, dst, dst_port, protocol }: FlowKey): Flow => ({
  src,
  src_port,
  dst,
  dst_port,
  protocol: PROTOCOLS[protocol] ?? String(protocol),
});

export function flowKey({ protocol, ...ends }: Flow): FlowKey {
  const [number] = Object.entries(PROTOCOLS).find(([, name]) => name === protocol) ?? [protocol];
  return { ...ends, protocol: Number(number) };
}

/** Nanoseconds of the wall clock as RFC 3339 with nanoseconds. */
export function rfc3339(ns: bigint): string {
  const seconds = new Date(Number(ns / 1_000_000n)).toISOString().slice(0, 19);
  return `${seconds}.${String(ns % 1_000_000_000n).padStart(9, '0')}Z`;
}

/** The reverse of `rfc3339`. */
export const nanoseconds = (text: string): bigint =>
  BigInt(Date.parse(`${text.slice(0, 19)}Z`)) * 1_000_000n + BigInt(text.slice(20, 29));
