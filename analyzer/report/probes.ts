/** What a trace could see and what not, said as a table. */
import type { LevelProbes } from '../incidents/level-probes.js';

export const probesTable = (
  levels: readonly LevelProbes[],
): { readonly head: readonly string[]; readonly rows: readonly string[][] } => ({
  head: ['host', 'level', 'attached', 'not available'],
  rows: levels.map(({ host, level, attached, absent }) => [
    host,
    level,
    attached.join(', ') || 'nothing',
    absent.map(({ probe, reason }) => `${probe} (${reason})`).join(', ') || 'none missing',
  ]),
});
