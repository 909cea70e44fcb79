import type { ColumnBatch, Row } from '../common/schema/columns.js';

const SECOND_NS = 1_000_000_000n;
const STUCK_NS = SECOND_NS;
const RAISE_EVERY_NS = 2n * SECOND_NS;
/** A sender that has said nothing for so long has given up: its tries come further and further apart. */
const GIVEN_UP_NS = 30n * SECOND_NS;

/** Conditions that no packet announces: they are found by looking. */
export class PullConditions {
  readonly #raised = new Map<string, bigint>();

  constructor(private readonly host: string) {}

  /** Data or SYN outstanding for a second without progress; again every 2 s while it lasts. */
  noProgress(flows: ColumnBatch, nowNs: bigint): Row[] {
    const since = flows.columns['outstanding_since_ns'] as BigUint64Array;
    const lastSeen = flows.columns['last_seen_ns'] as BigUint64Array;
    const alerts: Row[] = [];
    const stuck = new Set<string>();
    for (let row = 0; row < flows.length; row++) {
      const start = since[row] ?? 0n;
      if (start === 0n || nowNs - start < STUCK_NS) continue;
      if (nowNs - (lastSeen[row] ?? 0n) > GIVEN_UP_NS) continue;
      const identity = identityOf(flows, row);
      const name = JSON.stringify(identity);
      stuck.add(name);
      if (nowNs - (this.#raised.get(name) ?? -RAISE_EVERY_NS) < RAISE_EVERY_NS) continue;
      this.#raised.set(name, nowNs);
      alerts.push(this.#alert(identity, nowNs, nowNs - start));
    }
    for (const name of this.#raised.keys()) if (!stuck.has(name)) this.#raised.delete(name);
    return alerts;
  }

  #alert(identity: Row, nowNs: bigint, stuckNs: bigint): Row {
    return {
      host: this.host,
      source: 'pull',
      time_ns: nowNs,
      observed: stuckNs,
      threshold: STUCK_NS,
      kind: 'no_progress',
      ...identity,
    };
  }
}

const IDENTITY = ['tap_role', 'ifindex', 'src', 'dst', 'src_port', 'dst_port', 'protocol'] as const;

const identityOf = (flows: ColumnBatch, row: number): Row =>
  Object.fromEntries(IDENTITY.map((name) => [name, flows.columns[name]?.[row] ?? '']));
