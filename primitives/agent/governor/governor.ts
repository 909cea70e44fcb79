/** Keeps the agent's own process within a share of a processor, and writes down what it costs and what it shed. */
import { OF_NO_PROBE } from '../../common/loader/index.js';
import type { Log } from '../log.js';
import type { Outbox } from '../outbox.js';
import { ControlLaw } from './control-law.js';

/** Long enough for ticks of 10 ms to say a hundredth of a processor. */
export const PERIOD_MS = 5000;
/** Code is compiled and the table met for the first time. */
const WARM_UP_MS = 30_000;
const PROGRAMS_EVERY_MS = 60_000;

export interface Governed {
  /** Share of one processor that the agent's process and its children may take. */
  readonly budget: number;
  /** Somebody looks at what leaves: nothing is shed, and what it costs is not held against the budget. */
  readonly isAwaited: () => boolean;
  /** Of the process and its children, since it began. */
  readonly cpuMs: () => number;
  /** What the tap programs take of one processor. */
  readonly programs: () => Promise<number>;
  readonly outbox: Pick<Outbox, 'rows'>;
  readonly log: Pick<Log, 'info' | 'warn'>;
}

export class Governor {
  readonly #law: ControlLaw;
  readonly #startedMs = performance.now();
  #periodMs = performance.now();
  #cpuMs: number;
  #wasAwaited = true;
  #programsMs = -Infinity;
  /** Runs that were left out since the last account, by task. */
  #leftOut = new Map<string, number>();

  constructor(private readonly governed: Governed) {
    this.#law = new ControlLaw(governed.budget);
    this.#cpuMs = governed.cpuMs();
  }

  /** How many times less often a task runs now. */
  stretch(task: string): number {
    return this.governed.isAwaited() ? 1 : this.#law.stretch(task);
  }

  /** A task has run, at the present stretch. */
  ran(task: string): void {
    const leftOut = this.stretch(task) - 1;
    if (leftOut > 0) this.#leftOut.set(task, (this.#leftOut.get(task) ?? 0) + leftOut);
  }

  /** Once a period. */
  async look(): Promise<void> {
    const [nowMs, cpuMs] = [performance.now(), this.governed.cpuMs()];
    const cost = (cpuMs - this.#cpuMs) / (nowMs - this.#periodMs);
    const awaited = this.governed.isAwaited();
    const counts = !awaited && !this.#wasAwaited && nowMs - this.#startedMs > WARM_UP_MS;
    [this.#periodMs, this.#cpuMs, this.#wasAwaited] = [nowMs, cpuMs, awaited];
    if (counts) this.#observe(cost);
    this.#tell('process', 'cpu', 'ratio', cost);
    this.#tell('governor', 'steps', 'count', this.#law.steps);
    this.#account();
    if (awaited || nowMs - this.#programsMs < PROGRAMS_EVERY_MS) return;
    this.#programsMs = nowMs;
    this.#tell('programs', 'cpu', 'ratio', await this.governed.programs());
  }

  #observe(cost: number): void {
    const { log, budget } = this.governed;
    const before = this.#law.steps;
    const mean = this.#law.observe(cost);
    const { steps } = this.#law;
    if (steps === before) return;
    const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;
    const why = `it took ${percent(mean)} of a processor, ${percent(budget)} is the budget`;
    if (steps > before) log.warn(`the agent does less (step ${steps}): ${why}`);
    else log.info(`the agent does more again (step ${steps}): ${why}`);
  }

  #tell(object: string, metric: string, unit: string, value: number): void {
    this.governed.outbox.rows('host_counter', [
      { source: 'agent', object, metric, unit, value, temporality: 'gauge' },
    ]);
  }

  /** What was left out is no loss, but whoever reads a verdict may want to know. */
  #account(): void {
    const rows = [...this.#leftOut].map(([task, records]) => ({
      ...{ place: `agent ${task}`, reason: 'shed', ...OF_NO_PROBE },
      records,
    }));
    this.#leftOut = new Map();
    this.governed.outbox.rows('loss_account', rows);
  }
}
