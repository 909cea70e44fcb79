import type { ColumnBatch, Row } from '../../common/schema/columns.js';
import { UsualTimes } from './usual.js';

const MILLISECOND_NS = 1_000_000n;
/**
 * Without an answer after this long: more than a recursive look-up takes, and less than half of the second in which a
 * resolver would ask again, so that a sweep each half second tells of it within one.
 */
const LEAST_UNANSWERED_NS = 400n * MILLISECOND_NS;
const MOST_UNANSWERED_NS = 1000n * MILLISECOND_NS;
/** Who has asked last so long ago waits no more. */
const GIVEN_UP_NS = 5000n * MILLISECOND_NS;
const RAISE_EVERY_NS = 2000n * MILLISECOND_NS;

type DnsAlert = 'dns_unanswered' | 'dns_slow';

const clamp = (value: bigint, least: bigint, most: bigint): bigint =>
  value < least ? least : value > most ? most : value;

/** DNS servers in trouble, as seen at each tap: one alert for a server and condition, again every 2 s while it lasts. */
export class DnsTrouble {
  readonly #usual = new UsualTimes();
  readonly #raised = new Map<string, bigint>();

  constructor(private readonly host: string) {}

  /**
   * `dns_unanswered`: a query waits for eight times as long as usual (at least 0.4 s, at most 1 s), was repeated, or
   * could not be delivered. `dns_slow`: answers take eight times as long as usual, at least 50 ms, again and again.
   * @param ended exchanges since the last call, and
   * @param waiting those that wait, with the time of
   * @param lastQueryNs each one's last repeat.
   */
  find(
    ended: ColumnBatch,
    waiting: ColumnBatch,
    lastQueryNs: BigUint64Array,
    nowNs: bigint,
  ): Row[] {
    const alerts: Row[] = [];
    const raise = (from: ColumnBatch, row: number, kind: DnsAlert, ns: bigint, limit: bigint) => {
      const identity = identityOf(from, row);
      const name = `${kind} ${serverOf(from, row)}`;
      if (nowNs - (this.#raised.get(name) ?? -RAISE_EVERY_NS) < RAISE_EVERY_NS) return;
      this.#raised.set(name, nowNs);
      alerts.push({
        ...{ host: this.host, source: 'pull', begun_ns: 0n, time_ns: nowNs, kind, of_service: 0 },
        ...{ observed: ns, threshold: limit, ...identity },
      });
    };
    for (let row = 0; row < waiting.length; row++) {
      const waitNs = nowNs - at(waiting, 'query_ns', row);
      const limit = this.#patience(serverOf(waiting, row));
      if (waitNs < limit || nowNs - (lastQueryNs[row] ?? 0n) > GIVEN_UP_NS) continue;
      raise(waiting, row, 'dns_unanswered', waitNs, limit);
    }
    for (let row = 0; row < ended.length; row++) {
      const server = serverOf(ended, row);
      const waitNs = at(ended, 'wait_ns', row);
      if (
        ended.columns['state']?.[row] === 'unreachable' ||
        Number(ended.columns['repeats']?.[row])
      )
        raise(ended, row, 'dns_unanswered', waitNs, this.#patience(server));
      if (ended.columns['state']?.[row] !== 'answered') continue;
      const answerNs = at(ended, 'answer_ns', row);
      const slow = this.#usual.add(server, answerNs);
      if (slow !== undefined) raise(ended, row, 'dns_slow', answerNs, slow);
    }
    for (const [name, raisedNs] of this.#raised)
      if (nowNs - raisedNs >= RAISE_EVERY_NS) this.#raised.delete(name);
    return alerts;
  }

  #patience(server: string): bigint {
    return clamp(this.#usual.late(server), LEAST_UNANSWERED_NS, MOST_UNANSWERED_NS);
  }
}

const at = (
  batch: ColumnBatch,
  column: 'query_ns' | 'wait_ns' | 'answer_ns',
  row: number,
): bigint => (batch.columns[column] as BigUint64Array)[row] ?? 0n;

/** One server as one tap sees it. */
const serverOf = ({ columns }: ColumnBatch, row: number): string =>
  `${columns['ifindex']?.[row]} ${columns['dst']?.[row]}`;

const IDENTITY = ['tap_role', 'ifindex', 'src', 'dst', 'src_port', 'dst_port', 'protocol'] as const;

const identityOf = (batch: ColumnBatch, row: number): Row =>
  Object.fromEntries(IDENTITY.map((name) => [name, batch.columns[name]?.[row] ?? '']));
