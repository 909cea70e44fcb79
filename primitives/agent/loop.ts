import { channel } from 'node:diagnostics_channel';
import type { Log } from './log.js';

/** Name of the diagnostics channel that tells of every run. */
export const LOOP_RUNS = 'netverdict:loop';

export interface LoopRun {
  readonly name: string;
  readonly ms: number;
}

const runs = channel(LOOP_RUNS);

/** Runs a task again and again, never twice at once; a task that fails is logged once per message. */
export class Loop {
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> | undefined;
  #lastFailure = '';

  constructor(
    private readonly name: string,
    private readonly everyMs: number,
    private readonly task: () => Promise<void> | void,
    private readonly log: Log,
  ) {}

  start(): void {
    this.#timer ??= setInterval(() => {
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
      if (runs.hasSubscribers) {
        runs.publish({ name: this.name, ms: performance.now() - begunMs } satisfies LoopRun);
      }
    }
  }
}
