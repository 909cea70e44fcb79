import type { Log } from './log.js';

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
    try {
      await this.task();
    } catch (error) {
      const { message } = error as Error;
      if (message !== this.#lastFailure) this.log.error(`${this.name}: ${message}`);
      this.#lastFailure = message;
    } finally {
      this.#running = undefined;
    }
  }
}
