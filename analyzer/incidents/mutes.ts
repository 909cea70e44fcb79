/** Alerts that were looked into and found harmless: the same again is not news. */
import { connectionId, flowOf } from '../ledgers/flow.js';
import type { Case } from './case.js';
import type { AlertRow } from './engine.js';

const MUTED_FOR_NS = 15_000_000_000n;
/** An alert this much above the harmless ones is news all the same. */
const LOUDER = 2n;
/** Only what varies in health: nobody is refused or loses progress without a reason. */
const VARIABLE = new Set([
  'rtt_shift',
  'response_shift',
  'retransmission',
  'rto',
  'rtt_drift',
  'response_drift',
  'loss_drift',
  'send_buffer',
  'receive_window',
]);

interface Mute {
  readonly untilNs: bigint;
  readonly level: bigint;
}

export class Mutes {
  readonly #mutes = new Map<string, Mute>();

  /** Mutes what the case was made of, but not its last alerts: they may announce a harm that is yet to show. */
  add(harmless: Case, provenNs: bigint, nowNs: bigint): void {
    for (const [key, { untilNs }] of this.#mutes) if (untilNs < nowNs) this.#mutes.delete(key);
    for (const { alert, atNs } of harmless.alerts) {
      if (!VARIABLE.has(alert.kind) || atNs > provenNs) continue;
      const key = keyOf(alert);
      const level = this.#mutes.get(key)?.level ?? 0n;
      const observed = BigInt(alert.observed);
      this.#mutes.set(key, {
        untilNs: nowNs + MUTED_FOR_NS,
        level: observed > level ? observed : level,
      });
    }
  }

  covers(alert: AlertRow, atNs: bigint): boolean {
    const mute = this.#mutes.get(keyOf(alert));
    return (
      mute !== undefined && atNs < mute.untilNs && BigInt(alert.observed) < LOUDER * mute.level
    );
  }
}

const keyOf = (alert: AlertRow): string => `${connectionId(flowOf(alert))} ${alert.kind}`;
