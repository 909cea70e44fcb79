/** /proc/PID/net/stat/nf_conntrack: names, then one line per CPU, hexadecimal. */
import type { ChangeLog } from './change-log.js';

const COUNTERS = ['insert_failed', 'drop', 'early_drop', 'invalid', 'clashres'];

/** Answers the number of entries. */
export function recordConntrack(text: string, object: string, log: ChangeLog): number {
  const [header = '', ...lines] = text.trim().split('\n');
  const names = header.trim().split(/\s+/);
  const perCpu = lines.map((line) =>
    line
      .trim()
      .split(/\s+/)
      .map((field) => parseInt(field, 16)),
  );
  const column = (name: string): number[] =>
    perCpu.map((fields) => fields[names.indexOf(name)] ?? 0);
  for (const name of COUNTERS) {
    const sum = column(name).reduce((total, value) => total + value, 0);
    log.counter('conntrack', object, name, 'count', sum);
  }
  // Each line repeats the number of the whole namespace.
  const entries = column('entries')[0] ?? 0;
  log.gauge('conntrack', object, 'entries', 'count', entries);
  return entries;
}
