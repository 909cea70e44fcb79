import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { artifact } from '../../primitives/common/artifacts.js';

/** Those that read others of their layer, after those they read. */
const LAST = [
  'translation.sql',
  'interval.sql',
  'mark.sql',
  'packet.sql',
  'flight.sql',
  'socket.sql',
  'socket_time.sql',
  'socket_event.sql',
  'link_pods.sql',
  'mark_baseline.sql',
  'mark_edges.sql',
  'queue_ahead.sql',
  'queue_composition.sql',
  'sender_time.sql',
  'wait_culprits.sql',
  'packet_waterfall.sql',
];

const rank = (file: string): number => LAST.indexOf(file) + 1;

/** The definitions of all staging views and marts, in the order in which they must be created. */
export function viewDefinitions(): string[] {
  return ['staging', 'marts'].flatMap((layer) => {
    const folder = artifact(join('analyzer/sql', layer));
    return readdirSync(folder)
      .filter((file) => file.endsWith('.sql'))
      .sort((a, b) => rank(a) - rank(b) || a.localeCompare(b))
      .map((file) => readFileSync(join(folder, file), 'utf8'));
  });
}
