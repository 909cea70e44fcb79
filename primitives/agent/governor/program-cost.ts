import { setTimeout as sleep } from 'node:timers/promises';
import { native } from '../../common/native/index.js';

const SAMPLE_MS = 100;

/** Runs of programs and their time, since they were loaded, while statistics were on. */
export interface ProgramRuns {
  readonly count: bigint;
  readonly timeNs: bigint;
}

/**
 * What programs cost the processors, as a share of one, over a short while: the kernel's statistics cost two clock
 * reads a run, of every program of the machine, so they are on for the sample only.
 */
export async function programCost(read: () => ProgramRuns): Promise<number> {
  const statistics = native().enableStatistics();
  try {
    const [before, fromMs] = [read(), performance.now()];
    await sleep(SAMPLE_MS);
    const [after, toMs] = [read(), performance.now()];
    return Number(after.timeNs - before.timeNs) / 1e6 / (toMs - fromMs);
  } finally {
    native().close(statistics);
  }
}
