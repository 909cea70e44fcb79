/** /proc/net/softnet_stat: one line per CPU of the whole machine, hexadecimal. */
import type { ChangeLog } from './change-log.js';

const PROCESSED = 0;
const DROPPED = 1;
const TIME_SQUEEZE = 2;
const RECEIVED_RPS = 9;
/** Since Linux 5.10 the line names its CPU. */
const CPU = 12;

export function recordSoftnet(text: string, cpus: ReadonlySet<number>, log: ChangeLog): void {
  text
    .trim()
    .split('\n')
    .map((line) =>
      line
        .trim()
        .split(/\s+/)
        .map((field) => parseInt(field, 16)),
    )
    .forEach((fields, index) => {
      const cpu = fields[CPU] ?? index;
      if (!cpus.has(cpu)) return;
      const object = `cpu${cpu}`;
      log.counter('softnet', object, 'processed', 'packets', fields[PROCESSED] ?? 0);
      log.counter('softnet', object, 'dropped', 'packets', fields[DROPPED] ?? 0);
      log.counter('softnet', object, 'time_squeeze', 'count', fields[TIME_SQUEEZE] ?? 0);
      log.counter('softnet', object, 'received_rps', 'count', fields[RECEIVED_RPS] ?? 0);
    });
}
