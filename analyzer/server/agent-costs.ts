import type { Store } from '../store/database.js';

/** What an agent says that it costs its host, as shares of one processor. */
export interface AgentCost {
  readonly host: string;
  /** Its process and the children of it. */
  readonly process: number;
  /** Its tap programs, by a short sample a minute; null before the first. */
  readonly programs: number | null;
  /** Steps taken to stay within its budget; 0: it does everything. */
  readonly steps: number;
}

/** Agents tell every five seconds, of programs every minute. */
const LATELY_MS = 150_000;

const COSTS = `
SELECT host,
  arg_max(value, received_ns) FILTER (object = 'process') AS process,
  arg_max(value, received_ns) FILTER (object = 'programs') AS programs,
  arg_max(value, received_ns) FILTER (object = 'governor') AS steps
FROM host_counter WHERE source = 'agent' AND received_ns >= $since
GROUP BY host HAVING process IS NOT NULL ORDER BY host`;

export async function agentCosts(store: Pick<Store, 'query'>): Promise<AgentCost[]> {
  const since = BigInt(Date.now() - LATELY_MS) * 1_000_000n;
  return (await store.query(COSTS, { since })) as unknown as AgentCost[];
}
