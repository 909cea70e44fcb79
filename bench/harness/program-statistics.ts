/** What the kernel counts of the programs at an interface, whatever put them there. */
import { NetverdictError } from '../../primitives/common/errors/index.js';
import { type Fd, native } from '../../primitives/common/native/index.js';
import type { Target } from './target.js';

export interface Runs {
  readonly count: number;
  readonly timeNs: number;
}

export interface TapRuns {
  readonly ingress: Runs;
  readonly egress: Runs;
}

/** The foremost programs of both hooks; null when a hook has none. */
export class TapPrograms {
  private constructor(
    readonly ingress: Fd,
    readonly egress: Fd,
  ) {}

  static at(target: Target): TapPrograms | null {
    const [ingress] = native().queryTcx(target.netns, target.ifindex, false);
    const [egress] = native().queryTcx(target.netns, target.ifindex, true);
    if (ingress === undefined || egress === undefined) return null;
    return new TapPrograms(native().programOpen(ingress), native().programOpen(egress));
  }

  read(): TapRuns {
    return { ingress: runsOf(this.ingress), egress: runsOf(this.egress) };
  }

  close(): void {
    native().close(this.ingress);
    native().close(this.egress);
  }
}

function runsOf(program: Fd): Runs {
  const { runCount, runTimeNs } = native().programInfo(program);
  return { count: Number(runCount), timeNs: Number(runTimeNs) };
}

export const runsBetween = (before: TapRuns, after: TapRuns): TapRuns => ({
  ingress: difference(before.ingress, after.ingress),
  egress: difference(before.egress, after.egress),
});

const difference = (before: Runs, after: Runs): Runs => ({
  count: after.count - before.count,
  timeNs: after.timeNs - before.timeNs,
});

/** Mean time of a run, ns. Fails with NV_INTERNAL when there was none: a figure without packets is none. */
export function nsPerRun({ count, timeNs }: Runs): number {
  if (count > 0) return timeNs / count;
  throw new NetverdictError('NV_INTERNAL', 'no packet passed the program while it was timed');
}

/** Statistics cost two clock reads a packet, so they are on only while something needs them. */
export async function withStatistics<T>(run: () => Promise<T>): Promise<T> {
  const statistics = native().enableStatistics();
  try {
    return await run();
  } finally {
    native().close(statistics);
  }
}
