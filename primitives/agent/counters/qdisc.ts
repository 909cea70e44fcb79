/** What `tc -json -s qdisc show` counts per queueing discipline. */
import type { ChangeLog } from './change-log.js';

export interface QdiscStatistics {
  readonly kind: string;
  readonly dev: string;
  readonly root?: boolean;
  readonly parent?: string;
  readonly drops?: number;
  readonly overlimits?: number;
  readonly requeues?: number;
  /** Bytes. */
  readonly backlog?: number;
  /** Packets. */
  readonly qlen?: number;
}

/** They hold no packets. */
const NOT_A_QUEUE = new Set(['noqueue', 'clsact', 'ingress', 'noop']);

export function recordQdiscs(qdiscs: readonly QdiscStatistics[], log: ChangeLog): void {
  for (const qdisc of qdiscs) {
    if (NOT_A_QUEUE.has(qdisc.kind)) continue;
    const object = qdisc.root ? qdisc.dev : `${qdisc.dev} ${qdisc.parent ?? ''}`;
    log.gauge('qdisc', object, 'backlog_bytes', 'bytes', qdisc.backlog ?? 0);
    log.gauge('qdisc', object, 'backlog_packets', 'packets', qdisc.qlen ?? 0);
    log.counter('qdisc', object, 'drops', 'packets', qdisc.drops ?? 0);
    log.counter('qdisc', object, 'overlimits', 'count', qdisc.overlimits ?? 0);
    log.counter('qdisc', object, 'requeues', 'packets', qdisc.requeues ?? 0);
  }
}
