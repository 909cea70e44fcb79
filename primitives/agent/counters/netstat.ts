/** /proc/PID/net/netstat and snmp: pairs of lines, names above values, each led by a group's name. */
import type { ChangeLog } from './change-log.js';

/** Those that tell of trouble at a socket. */
const TELLING = new Set([
  'TcpExt.ListenOverflows',
  'TcpExt.ListenDrops',
  'TcpExt.TCPReqQFullDrop',
  'TcpExt.TCPReqQFullDoCookies',
  'TcpExt.TCPTimeouts',
  'TcpExt.TCPSynRetrans',
  'TcpExt.TCPLossProbes',
  'TcpExt.TCPSpuriousRTOs',
  'TcpExt.TCPBacklogDrop',
  'TcpExt.PruneCalled',
  'TcpExt.RcvPruned',
  'TcpExt.TCPRcvQDrop',
  'TcpExt.TCPZeroWindowDrop',
  'TcpExt.TCPToZeroWindowAdv',
  'TcpExt.TCPFromZeroWindowAdv',
  'TcpExt.TCPWantZeroWindowAdv',
  'TcpExt.TCPAbortOnMemory',
  'TcpExt.TCPMemoryPressures',
  'TcpExt.TCPOFOQueue',
  'IpExt.InCsumErrors',
  'IpExt.InNoRoutes',
  'Tcp.RetransSegs',
  'Tcp.OutRsts',
  'Tcp.AttemptFails',
  'Tcp.EstabResets',
  'Tcp.InErrs',
  'Tcp.InCsumErrors',
  'Udp.NoPorts',
  'Udp.RcvbufErrors',
  'Udp.SndbufErrors',
  'Ip.InDiscards',
  'Ip.OutDiscards',
  'Ip.OutNoRoutes',
  'Ip.FragFails',
  'Ip.ReasmFails',
]);

export function recordNetstat(text: string, object: string, log: ChangeLog): void {
  forEachCounter(text, (counter, value) => {
    if (!TELLING.has(counter)) return;
    log.counter('netstat', object, counter.slice(counter.indexOf('.') + 1), 'count', value);
  });
}

/** Calls with each counter of such a file, as `Tcp.RetransSegs`. */
export function forEachCounter(
  text: string,
  visit: (counter: string, value: number) => void,
): void {
  const lines = text.trim().split('\n');
  for (let index = 0; index + 1 < lines.length; index += 2) {
    const [group = '', ...names] = (lines[index] ?? '').split(' ');
    const [, ...values] = (lines[index + 1] ?? '').split(' ');
    names.forEach((name, column) => visit(`${group.slice(0, -1)}.${name}`, Number(values[column])));
  }
}
