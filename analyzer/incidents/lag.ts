/** How far what agents sent lies behind: on a full machine records wait on their way, and a window must not end before them. */

/** Agents hold records so long anyway, and a look takes it into account. */
const USUAL_NS = 500_000_000n;
/** Of a host that sends nothing more nobody knows. */
const FORGET_NS = 3_000_000_000n;
/** The longest of a second counts: urgent records overtake the others. */
const HOLD_NS = 1_000_000_000n;
/** What is later is not waited for: marts read what came within ten seconds. */
const LONGEST_NS = 8_000_000_000n;

interface Wait {
  readonly ns: bigint;
  readonly atNs: bigint;
}

export class Lag {
  readonly #waits = new Map<string, Wait>();

  /** @param waitedNs in the queue of the host's agent, until it was received. */
  note(host: string, waitedNs: bigint, receivedNs: bigint): void {
    const known = this.#waits.get(host);
    if (known && waitedNs < known.ns && receivedNs - known.atNs < HOLD_NS) return;
    this.#waits.set(host, { ns: waitedNs, atNs: receivedNs });
  }

  /** By when all that these hosts saw has arrived; `nowNs` as long as nothing waits longer than usual. */
  seenUntil(hosts: Iterable<string>, nowNs: bigint): bigint {
    let longest = 0n;
    for (const host of hosts) {
      const wait = this.#waits.get(host);
      if (wait && nowNs - wait.atNs < FORGET_NS && wait.ns > longest) longest = wait.ns;
    }
    const lag = longest > LONGEST_NS ? LONGEST_NS : longest;
    return lag > USUAL_NS ? nowNs - lag + USUAL_NS : nowNs;
  }
}
