/** What every figure is: a pure function of saved results. */
import type { PlotOptions } from '@observablehq/plot';

/** Reads a saved result by its file name; fails when it is not there. */
export type Saved = (file: string) => string;

export interface Figure {
  /** Name of its files. */
  readonly id: string;
  /** Makes what it shows. */
  readonly command: string;
  readonly draw: (saved: Saved) => PlotOptions;
}

export const savedJson = <T>(saved: Saved, file: string): T => JSON.parse(saved(file)) as T;

/** Median and quartiles, as the benchmarks save them. */
export interface Spread {
  readonly median: number;
  readonly low: number;
  readonly high: number;
}
