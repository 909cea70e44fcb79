/** What a started agent or analyzer gives back. */
export interface Running {
  stop(): Promise<void>;
}

/** Starts, waits for SIGINT or SIGTERM, stops once. A second signal ends the process at once. */
export async function runUntilSignal(start: () => Promise<Running>): Promise<void> {
  const signalled = firstSignal();
  const running = await start();
  await signalled;
  await running.stop();
}

function firstSignal(): Promise<void> {
  return new Promise((resolve) => {
    let seen = false;
    const onSignal = (): void => {
      if (seen) process.exit(1);
      seen = true;
      resolve();
    };
    process.on('SIGINT', onSignal);
    process.on('SIGTERM', onSignal);
  });
}
