import { Btf } from './btf.js';

let names: ReadonlyMap<number, string> | undefined;

/** Name of an `enum skb_drop_reason` of the running kernel, as its tracepoint prints it (`NETFILTER_DROP`). */
export function dropReasonName(reason: number): string {
  names ??= Btf.kernel().enumerators('skb_drop_reason');
  const name = names.get(reason)?.replace(/^SKB_(DROP_REASON_)?/, '');
  return name ?? unnamed(reason);
}

/** Subsystems such as mac80211 or Open vSwitch number their own reasons below the upper 16 bits. */
function unnamed(reason: number): string {
  const subsystem = reason >>> 16;
  return subsystem === 0 ? `${reason}` : `${subsystem}:${reason & 0xffff}`;
}
