/** What a matrix runs, in which order, and who plays which part: all of it from one seed. */
import { type Fault, gradesOf } from '../../faults/index.js';
import type { TrafficId } from '../../workloads/index.js';
import { Random } from '../../results/random.js';
import { HOST_IDS, type Roles } from '../../testbed/plan.js';

export interface PlannedRun {
  readonly run: number;
  readonly scenario: string;
  /** null: it has but one. */
  readonly strength: number | null;
  /** What the victims do; null: what the fault has them do, or the baseline. */
  readonly traffic: TrafficId | null;
  readonly roles: Roles;
  /** Health before the injection. */
  readonly pastMs: number;
}

/** A control after so many faults. */
const CONTROL_EVERY = 3;
const SHORTEST_PAST_MS = 6000;
const ONSET_SPREAD_MS = 4000;

/**
 * Every fault at every strength once, healthy controls in between. It may end anywhere: no fault comes a second time
 * before each has come once, and the domains take turns.
 * @param trafficOf what else the victims of a fault may do.
 */
export function planRuns(
  seed: number,
  faults: readonly Fault[],
  controls: readonly Fault[],
  trafficOf: (fault: Fault) => readonly TrafficId[],
): PlannedRun[] {
  const random = new Random(seed);
  const graded = faults.map((fault) => random.shuffled(gradesOf(fault)));
  const rounds = Math.max(...graded.map((grades) => grades.length));
  const cells = Array.from({ length: rounds }, (_, round) =>
    inTurns(random.shuffled(graded.flatMap((grades) => grades[round] ?? []))),
  ).flat();
  const order = random.shuffled(controls);
  const scenarios = cells.flatMap((cell, index) => {
    const isTurn = index % CONTROL_EVERY === CONTROL_EVERY - 1;
    const control = order[Math.floor(index / CONTROL_EVERY) % order.length];
    return isTurn && control ? [cell, control] : [cell];
  });
  return scenarios.map((fault, index) => ({
    run: index + 1,
    scenario: fault.id,
    strength: fault.strength?.value ?? null,
    traffic: drawn(random, trafficOf(fault)),
    roles: rolesFrom(random),
    pastMs: SHORTEST_PAST_MS + random.below(ONSET_SPREAD_MS),
  }));
}

/** One of each domain after the other, as long as there are. */
function inTurns(faults: readonly Fault[]): Fault[] {
  const domains = [...new Set(faults.map((fault) => fault.label?.domain))];
  const queues = domains.map((domain) => faults.filter((f) => f.label?.domain === domain));
  const longest = Math.max(...queues.map((queue) => queue.length));
  return Array.from({ length: longest }, (_, n) => queues.flatMap((q) => q[n] ?? [])).flat();
}

/** Half of the runs keep to the baseline, the others share what else there is. */
const drawn = (random: Random, kinds: readonly TrafficId[]): TrafficId | null =>
  kinds[random.below(2 * kinds.length)] ?? null;

function rolesFrom(random: Random): Roles {
  const [a = 'a', b = 'b', c = 'c'] = random.shuffled(HOST_IDS);
  const coin = (): boolean => random.below(2) === 1;
  return { hosts: { a, b, c }, swapPods: coin(), swapCpus: coin() };
}
