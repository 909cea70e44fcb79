/** Samples that a host tells in a second, flows that are armed apart. */
const MOST_PER_SECOND = 20_000;
const MOST_RANK = 15;

/**
 * The lowest rank of a mark whose sample leaves the kernel. Every step halves the samples, and what is left is what
 * a host with fewer flows tells too: ranks nest.
 */
export class SampleFloor {
  #rank = 0;

  get rank(): number {
    return this.#rank;
  }

  /** `samples` arrived in `elapsedNs`. */
  update(samples: number, elapsedNs: bigint): void {
    if (elapsedNs <= 0n) return;
    const perSecond = (samples * 1e9) / Number(elapsedNs);
    if (perSecond > MOST_PER_SECOND) this.#rank = Math.min(MOST_RANK, this.#rank + 1);
    else if (perSecond < MOST_PER_SECOND / 4) this.#rank = Math.max(0, this.#rank - 1);
  }
}
