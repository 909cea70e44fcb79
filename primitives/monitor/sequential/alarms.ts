import type { Row } from '../../common/schema/columns.js';

const RAISE_EVERY_S = 2;
/** A condition has calmed below half of what raises it. */
const CALM = 0.5;

interface Tests {
  score(test: number): number;
  calm(test: number): void;
}

export type DriftKind = 'rtt_drift' | 'response_drift' | 'loss_drift';

export interface Drift {
  readonly kind: DriftKind;
  /** The columns of the flow that suffers most. */
  readonly identity: Row;
  /** Likeliest onset, seconds on the clock of the sweep. */
  readonly begun: number;
  readonly observed: number;
  readonly threshold: number;
}

/** A condition that holds and is due. */
export interface Proposal {
  /** Harm in units of what matters. */
  readonly weight: number;
  readonly describe: () => Drift;
  readonly raised: () => void;
}

/** Of one kind of tests, which were raised and when: again every 2 s while the condition holds, anew once it calmed. */
export class Alarms {
  /** Times that a condition held and was not due. */
  suppressed = 0;
  readonly #raised = new Map<number, number>();

  constructor(private readonly tests: Tests) {}

  /** True when the score is above its threshold, the harm matters and it is due; `now` in seconds. */
  isDue(test: number, threshold: number, weight: number, now: number): boolean {
    const score = this.tests.score(test);
    const last = this.#raised.get(test);
    if (score > threshold && weight >= 1) {
      if (last === undefined || now - last >= RAISE_EVERY_S) return true;
      this.suppressed++;
    } else if (last !== undefined && (score < CALM * threshold || weight < CALM)) {
      this.tests.calm(test);
      this.#raised.delete(test);
    }
    return false;
  }

  raised(test: number, now: number): void {
    this.#raised.set(test, now);
  }

  forget(test: number): void {
    this.#raised.delete(test);
  }
}
