/** What the demo says while it runs: one line a step, with the time since it began. On stderr, so that --json stays clean. */
import pc from 'picocolors';

export class Progress {
  readonly #began = performance.now();

  constructor(private readonly write: (line: string) => void) {}

  step(what: string, detail = ''): void {
    this.write(`${pc.dim(this.#elapsed())}  ${pc.bold(what.padEnd(9))} ${detail}`);
  }

  good(what: string, detail = ''): void {
    this.write(`${pc.dim(this.#elapsed())}  ${pc.green(pc.bold(what.padEnd(9)))} ${detail}`);
  }

  /** No incident: right in health, wrong after a fault. */
  verdictless(right: boolean): void {
    const colour = right ? pc.green : pc.red;
    this.write(`${pc.dim(this.#elapsed())}  ${colour(pc.bold('verdict  '))} no incident`);
  }

  #elapsed(): string {
    return `${((performance.now() - this.#began) / 1000).toFixed(1).padStart(6)} s`;
  }
}
