import type { ColumnBatch, Row } from '../common/schema/columns.js';

const SECOND_NS = 1_000_000_000n;
const STUCK_NS = SECOND_NS;
/** Times the usual response. */
const UNUSUAL = 20n;
const RAISE_EVERY_NS = 2n * SECOND_NS;
/** A sender that has said nothing for so long has given up: its tries come further and further apart. */
const GIVEN_UP_NS = 30n * SECOND_NS;

type PullKind = 'no_progress' | 'no_response';

const max = (a: bigint, b: bigint): bigint => (a > b ? a : b);

/** Conditions that no packet announces: they are found by looking. */
export class PullConditions {
  readonly #raised = new Map<string, bigint>();
  #held = new Set<string>();

  constructor(private readonly host: string) {}

  /**
   * Data or SYN outstanding for a second without progress; a request unanswered for a second and twenty times as long
   * as usual on its connection. Again every 2 s while it lasts. A sweep may come in several batches.
   */
  find(flows: ColumnBatch, nowNs: bigint): Row[] {
    const column = (name: string): BigUint64Array => flows.columns[name] as BigUint64Array;
    const outstanding = column('outstanding_since_ns');
    const requested = column('request_since_ns');
    const lastSeen = column('last_seen_ns');
    const usualUs = flows.columns['response_mean_us'] as Uint32Array;
    const alerts: Row[] = [];
    const check = (row: number, kind: PullKind, since: bigint, threshold: bigint): void => {
      if (since === 0n || nowNs - since < threshold) return;
      const identity = identityOf(flows, row);
      const name = JSON.stringify([kind, identity]);
      this.#held.add(name);
      if (nowNs - (this.#raised.get(name) ?? -RAISE_EVERY_NS) < RAISE_EVERY_NS) return;
      this.#raised.set(name, nowNs);
      alerts.push(this.#alert(identity, kind, nowNs, nowNs - since, threshold));
    };
    for (let row = 0; row < flows.length; row++) {
      if (nowNs - (lastSeen[row] ?? 0n) > GIVEN_UP_NS) continue;
      check(row, 'no_progress', outstanding[row] ?? 0n, STUCK_NS);
      const usualNs = BigInt(usualUs[row] ?? 0) * 1000n;
      if (usualNs > 0n)
        check(row, 'no_response', requested[row] ?? 0n, max(STUCK_NS, UNUSUAL * usualNs));
    }
    return alerts;
  }

  /** At the end of a sweep: what was not found in it has calmed. */
  forgetCalmed(): void {
    for (const name of this.#raised.keys()) if (!this.#held.has(name)) this.#raised.delete(name);
    this.#held = new Set();
  }

  #alert(identity: Row, kind: PullKind, nowNs: bigint, observed: bigint, threshold: bigint): Row {
    return {
      host: this.host,
      source: 'pull',
      begun_ns: 0n,
      of_service: 0,
      time_ns: nowNs,
      observed,
      threshold,
      kind,
      ...identity,
    };
  }
}

const IDENTITY = ['tap_role', 'ifindex', 'src', 'dst', 'src_port', 'dst_port', 'protocol'] as const;

const identityOf = (flows: ColumnBatch, row: number): Row =>
  Object.fromEntries(IDENTITY.map((name) => [name, flows.columns[name]?.[row] ?? '']));
