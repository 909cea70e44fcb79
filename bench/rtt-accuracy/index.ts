/** The monitor's RTT samples next to what tshark and tcptrace read in captures of the same interfaces. */
import type { BenchOptions, BenchResult } from '../bench.js';
import { distribution, type KindResult, resultOf } from './errors.js';
import { lookAt } from './look.js';
import { measure } from './measure.js';
import { page } from './page.js';
import { judgeResults } from './targets.js';
import { TRAFFIC_KINDS } from './traffic/kinds.js';

const QUICK_S = 1;

export async function rttAccuracy({ quick, signal, progress }: BenchOptions): Promise<BenchResult> {
  const results: KindResult[] = [];
  for (const kind of TRAFFIC_KINDS) {
    signal.throwIfAborted();
    progress(kind.title);
    const seconds = quick ? Math.min(kind.seconds, QUICK_S) : kind.seconds;
    results.push(
      await measure({ ...kind, seconds }, async (all) =>
        resultOf(kind, await Promise.all(all.map(lookAt))),
      ),
    );
  }
  const over = distribution(results.flatMap(({ all }) => all));
  const targets = judgeResults(results, over);
  return {
    title: 'How far the monitor’s round-trip times are from tshark’s and tcptrace’s',
    page: page(results, over, targets),
    data: { targets, over, kinds: results.map((kind) => ({ ...kind, all: undefined })) },
    met: targets.every(({ met }) => met),
  };
}
