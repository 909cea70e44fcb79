const LEAST_LATE_NS = 50_000_000n;
/** Times the usual. */
const LATE = 8n;
/** Answers before anything counts as late. */
const WARM_UP = 8;
/** A name that the server has to ask others for is late now and then: a late answer adds 1, another takes 1 away. */
const LATE_IN_A_ROW = 3;
/** Weights of a new value in the slow mean; a late one must not make itself the usual. */
const [WEIGHT, WEIGHT_LATE] = [64n, 512n];
const MOST_SERVERS = 4096;

interface Usual {
  meanNs: bigint;
  answers: number;
  late: number;
}

/** How long each server usually takes to answer. */
export class UsualTimes {
  readonly #servers = new Map<string, Usual>();

  /** From which time on an answer of the server is late, in ns. */
  late(server: string): bigint {
    const mean = (this.#servers.get(server)?.meanNs ?? 0n) * LATE;
    return mean > LEAST_LATE_NS ? mean : LEAST_LATE_NS;
  }

  /** Takes an answer into account; answers the limit that it and those before it were held against if they are slow. */
  add(server: string, answerNs: bigint): bigint | undefined {
    const limit = this.late(server);
    const usual = this.#servers.get(server) ?? { meanNs: answerNs, answers: 0, late: 0 };
    this.#remember(server, usual);
    usual.answers++;
    const isLate = usual.answers > WARM_UP && answerNs >= limit;
    usual.late = Math.min(LATE_IN_A_ROW, Math.max(0, usual.late + (isLate ? 1 : -1)));
    const young = BigInt(usual.answers) < WEIGHT ? BigInt(usual.answers) : WEIGHT;
    usual.meanNs += (answerNs - usual.meanNs) / (isLate ? WEIGHT_LATE : young);
    return usual.late === LATE_IN_A_ROW && isLate ? limit : undefined;
  }

  /** The server asked longest ago makes room. */
  #remember(server: string, usual: Usual): void {
    this.#servers.delete(server);
    this.#servers.set(server, usual);
    const [oldest] = this.#servers.keys();
    if (this.#servers.size > MOST_SERVERS && oldest !== undefined) this.#servers.delete(oldest);
  }
}
