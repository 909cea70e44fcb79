import { setTimeout as sleep } from 'node:timers/promises';
import { failed, succeeded } from './reports.js';

const AFTER_FAILURE_MS = 200;

/** Asks again and again, a pause in between, and keeps the account of it. */
export async function askForever(ask: () => Promise<void>, pauseMs: number): Promise<never> {
  for (;;) {
    const started = performance.now();
    try {
      await ask();
      succeeded(performance.now() - started);
    } catch {
      failed();
      await sleep(AFTER_FAILURE_MS);
    }
    await sleep(pauseMs);
  }
}
