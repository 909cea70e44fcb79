/** The client's own account: one ClientReport a second on stdout. Harm is proved by these, not by netverdict. */
import { ascending, quantile } from '../results/quantile.js';
import type { ClientReport } from './protocol.js';

let times: number[] = [];
let failures = 0;

export const succeeded = (ms: number): void => void times.push(ms);
export const failed = (): void => void failures++;

export function reportEverySecond(): void {
  setInterval(() => {
    const sorted = ascending(times);
    const report: ClientReport = {
      at: new Date().toISOString(),
      requests: sorted.length,
      failures,
      p50_ms: quantile(sorted, 0.5),
      p99_ms: quantile(sorted, 0.99),
      max_ms: sorted.at(-1) ?? null,
    };
    process.stdout.write(`${JSON.stringify(report)}\n`);
    times = [];
    failures = 0;
  }, 1000);
}
