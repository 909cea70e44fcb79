/**
 * Loaded into the agent before its own code (`node --import`). SIGUSR2 begins a window; the next ends it and makes it
 * write a DelayWindow as one line.
 */
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { ascending, quantile } from '../../experiments/results/quantile.js';
import { LOOP_RUNS, type LoopRun } from '../../primitives/agent/loop.js';

export interface DelayWindow {
  /** How late the event loop came to a timer. */
  readonly delay_p50_ms: number;
  readonly delay_p99_ms: number;
  readonly delay_max_ms: number;
  /** From the begin of a sweep to its end, with all that ran in between. */
  readonly sweep_p50_ms: number | null;
  readonly sweep_max_ms: number | null;
}

const RESOLUTION_MS = 2;
const delays = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
let sweeps: number[] = [];
let watching = false;

const lateMs = (ns: number): number => Math.max(0, ns / 1e6 - RESOLUTION_MS);

const heard = (message: unknown): void => {
  const { name, ms } = message as LoopRun;
  if (name === 'sweep') sweeps.push(ms);
};

process.on('SIGUSR2', () => {
  watching = !watching;
  if (watching) {
    sweeps = [];
    delays.reset();
    delays.enable();
    subscribe(LOOP_RUNS, heard);
    return;
  }
  delays.disable();
  unsubscribe(LOOP_RUNS, heard);
  const window: DelayWindow = {
    delay_p50_ms: lateMs(delays.percentile(50)),
    delay_p99_ms: lateMs(delays.percentile(99)),
    delay_max_ms: lateMs(delays.max),
    sweep_p50_ms: quantile(ascending(sweeps), 0.5),
    sweep_max_ms: quantile(ascending(sweeps), 1),
  };
  process.stdout.write(`${JSON.stringify(window)}\n`);
});
