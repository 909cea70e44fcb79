/** Reads which probes told of a trace and which did not. */
import type { IncidentStore } from './book.js';
import type { LevelProbes } from './level-probes.js';

interface ArmingRow {
  readonly host: string;
  readonly probes: string;
}

/** As agents write it. */
interface ProbeState {
  readonly level: string;
  readonly probe: string;
  readonly state: 'attached' | 'absent';
  readonly reason: string;
}

/** Of each host the newest word, for one incident or whichever was last. */
const NEWEST = `
SELECT DISTINCT ON (host) host, probes FROM arming
WHERE state = 'armed' AND probes <> '' AND ($incident = '' OR incident = $incident)
ORDER BY host, time_ns DESC, received_ns DESC`;

/** @param incident only what was attached for it; else the last time that anything was. */
export async function probesOf(
  store: Pick<IncidentStore, 'query'>,
  incident = '',
): Promise<LevelProbes[]> {
  const rows = (await store.query(NEWEST, { incident })) as unknown as ArmingRow[];
  return rows.flatMap(({ host, probes }) => byLevel(host, JSON.parse(probes) as ProbeState[]));
}

function byLevel(host: string, states: readonly ProbeState[]): LevelProbes[] {
  return [...new Set(states.map(({ level }) => level))].map((level) => {
    const here = states.filter((each) => each.level === level);
    const absent = here.filter(({ state }) => state === 'absent');
    return {
      ...{ host, level },
      attached: here.filter(({ state }) => state === 'attached').map(({ probe }) => probe),
      absent: absent.map(({ probe, reason }) => ({ probe, reason })),
    };
  });
}
