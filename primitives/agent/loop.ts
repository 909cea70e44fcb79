import { channel } from 'node:diagnostics_channel';
import type { Log } from './log.js';

/** Name of the diagnostics channel that tells of every run. */
export const LOOP_RUNS = 'netverdict:loop';

export interface LoopRun {
  readonly name: string;
  readonly ms: number;
}

export interface Pace {
  readonly everyMs: number;
  /** Of the time that the task may take, at most: 0 < share ≤ 1, and 1 if not given. */
  readonly share?: number;
}

const runs = channel(LOOP_RUNS);
/** Timers may fire so much too soon. */
const EARLY_MS = 2;

/**
 * Runs a task again and again, never twice at once; a task that fails is logged once per message. One that takes more
 * than its share of the time runs less often. Loops run at multiples of their interval, so that those of one agent wake
 * it together.
 */
export class Loop {
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> | undefined;
  #stopped = true;
  #lastFailure = '';

  constructor(
    private readonly name: string,
    private readonly task: () => Promise<void> | void,
    private readonly log: Log,
    /** At present: asked after each run. */
    private readonly pace: () => Pace,
  ) {}

  start(): void {
    this.#stopped = false;
    this.#schedule(0);
  }

  /** Runs now, unless it does already. */
  wake(): void {
    if (!this.#stopped) this.#running ??= this.#run();
  }

  /** Returns when the present run, if any, has ended. */
  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    await this.#running;
  }

  #schedule(restMs: number): void {
    clearTimeout(this.#timer);
    if (this.#stopped) return;
    const nowMs = performance.now();
    const { everyMs } = this.pace();
    const soonest = nowMs + Math.max(restMs, EARLY_MS);
    const nextMs = Math.ceil(soonest / everyMs) * everyMs;
    this.#timer = setTimeout(() => this.wake(), nextMs - nowMs);
  }

  async #run(): Promise<void> {
    const begunMs = performance.now();
    try {
      await this.task();
    } catch (error) {
      const { message } = error as Error;
      if (message !== this.#lastFailure) this.log.error(`${this.name}: ${message}`);
      this.#lastFailure = message;
    } finally {
      this.#running = undefined;
      const ms = performance.now() - begunMs;
      this.#schedule(ms * (1 / (this.pace().share ?? 1) - 1));
      if (runs.hasSubscribers) runs.publish({ name: this.name, ms } satisfies LoopRun);
    }
  }
}
