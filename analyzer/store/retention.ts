import type { Store } from './database.js';

const EVERY_MS = 30_000;

/** Removes records older than `seconds`, every 30 s, until stopped. */
export function startRetention(
  store: Pick<Store, 'expire'>,
  seconds: number,
  failed: (error: unknown) => void,
): () => Promise<void> {
  let running: Promise<unknown> = Promise.resolve();
  const timer = setInterval(() => {
    const beforeNs = BigInt(Date.now() - seconds * 1000) * 1_000_000n;
    running = running.then(() => store.expire(beforeNs)).catch(failed);
  }, EVERY_MS);
  timer.unref();
  return async () => {
    clearInterval(timer);
    await running;
  };
}
