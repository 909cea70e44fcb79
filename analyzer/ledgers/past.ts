/** The healthy past of a case: read again only when records of it came late, or what they mean has changed. */
import type { AccountRow, MarkRow, Queries, Window } from './rows.js';

export interface PastRows {
  readonly before: readonly MarkRow[];
  readonly accountBefore: readonly AccountRow[];
  /** When its first records begin, on the analyzer's clock; null without any. */
  readonly reachesNs: bigint | null;
}

export class Past {
  #known: { readonly state: string; readonly rows: PastRows } | null = null;

  async read(store: Queries, window: Window): Promise<PastRows> {
    const [counted] = await store.query(stateOf(window));
    const state = JSON.stringify([window, counted], (_, value: unknown) =>
      typeof value === 'bigint' ? String(value) : value,
    );
    if (this.#known?.state !== state) this.#known = { state, rows: await rowsOf(store, window) };
    return this.#known.rows;
  }
}

/** Rows are added, and leave only when they are older than any past: as many as before are the same. */
const stateOf = ({ fromNs, toNs }: Window): string => {
  const late = toNs + 10_000_000_000n;
  const within = (table: string, time: string): string =>
    `(SELECT count(*) FROM ${table} r JOIN host_clock c ON c.host = r.host
      WHERE r.received_ns BETWEEN ${fromNs} AND ${late}
        AND r.${time} + c.offset_ns BETWEEN ${fromNs} AND ${toNs})`;
  return `SELECT
    ${within('flow_interval', 'interval_end_ns')} AS intervals,
    ${within('mark_sample', 'start_ns')} AS marks,
    (SELECT count(*) FROM nat_binding
      WHERE received_ns BETWEEN ${fromNs - 60_000_000_000n} AND ${late}) AS bindings,
    (SELECT (count(*), max(received_ns))::VARCHAR FROM endpoint) AS endpoints,
    (SELECT string_agg(host || ' ' || offset_ns, ',' ORDER BY host) FROM host_clock) AS clocks`;
};

async function rowsOf(store: Queries, { fromNs, toNs }: Window): Promise<PastRows> {
  // Bootstraps depend on the order of rows.
  const mart = (name: string): Promise<unknown[]> =>
    store.query(`SELECT * FROM ${name}(${fromNs}, ${toNs}) ORDER BY ALL`);
  const [before, accountBefore, reach] = await Promise.all([
    mart('mark_baseline'),
    mart('tap_account'),
    store.query(
      `SELECT min(f.interval_start_ns + c.offset_ns)::VARCHAR AS from_ns
       FROM flow_interval f JOIN host_clock c ON c.host = f.host
       WHERE f.received_ns BETWEEN ${fromNs} AND ${toNs}`,
    ),
  ]);
  const from = reach[0]?.['from_ns'];
  return {
    before: before as MarkRow[],
    accountBefore: accountBefore as AccountRow[],
    reachesNs: typeof from === 'string' ? BigInt(from) : null,
  };
}
