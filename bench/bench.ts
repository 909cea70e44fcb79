/** What every benchmark is given and answers. */
export interface BenchOptions {
  /** Fewer and shorter repetitions: to see that it runs, not to quote. */
  readonly quick: boolean;
  /** When aborted the benchmark takes back what it made and rejects. */
  readonly signal: AbortSignal;
  readonly progress: (line: string) => void;
}

export interface BenchResult {
  /** Markdown, without the heading that says how it was made. */
  readonly title: string;
  readonly page: readonly string[];
  readonly data: Readonly<Record<string, unknown>>;
  /** Every target was met. */
  readonly met: boolean;
}

export type Bench = (options: BenchOptions) => Promise<BenchResult>;
