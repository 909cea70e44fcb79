import { channel } from 'node:diagnostics_channel';
import type { Log } from './log.js';

/** Name of the diagnostics channel that tells of every run. */
export const LOOP_RUNS = 'netverdict:loop';

export interface LoopRun {
  readonly name: string;
  readonly ms: number;
}

const runs = channel(LOOP_RUNS);

/**
 * Runs a task again and again, never twice at once; a task that fails is logged once per message. One that takes more
 * than its share of the time runs less often.
 */
export class Loop {
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> | undefined;
  #lastFailure = '';
  #restUntilMs = 0;

  /** @param share of the time that the task may take, at most and at present: 0 < share ≤ 1. */
  constructor(
    private readonly name: string,
    private readonly everyMs: number,
    private readonly task: () => Promise<void> | void,
    private readonly log: Log,
    private readonly share: () => number = () => 1,
  ) {}

  start(): void {
    this.#timer ??= setInterval(() => {
      if (performance.now() < this.#restUntilMs) return;
      this.#running ??= this.#run();
    }, this.everyMs);
  }

  /** Returns when the present run, if any, has ended. */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    this.#timer = undefined;
    await this.#running;
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
      const endedMs = performance.now();
      const ms = endedMs - begunMs;
      this.#restUntilMs = endedMs + ms * (1 / this.share() - 1);
      if (runs.hasSubscribers) runs.publish({ name: this.name, ms } satisfies LoopRun);
    }
  }
}
