/** How jiffies count CLOCK_MONOTONIC. */
export interface JiffyClock {
  /** 0 when it could not be found out. */
  readonly tickNs: bigint;
  /** CLOCK_MONOTONIC when jiffies were 0, modulo 2^64. */
  readonly bootNs: bigint;
}

/** CONFIG_HZ of kernel/Kconfig.hz. */
const RATES = [100n, 250n, 300n, 1000n];
/** Jiffies begin five minutes before they wrap 32 bits (include/linux/jiffies.h). */
const FIRST = (rate: bigint): bigint => (1n << 32n) - 300n * rate;
/** Between the start of the clock and that of the ticks. */
const MOST_BOOT_NS = 10_000_000_000n;
const SECOND_NS = 1_000_000_000n;

export const UNKNOWN_CLOCK: JiffyClock = { tickNs: 0n, bootNs: 0n };

/** The rate that fits both clocks as they were at one moment. */
export function jiffyClock(jiffies: bigint, coarseNs: bigint): JiffyClock {
  const fitting = RATES.map((rate) => ({ rate, tickNs: SECOND_NS / rate })).filter(
    ({ rate, tickNs }) => {
      const missing = coarseNs - (jiffies - FIRST(rate)) * tickNs;
      return missing > -MOST_BOOT_NS && missing < MOST_BOOT_NS;
    },
  );
  const [only] = fitting;
  // In the first seconds after boot several fit.
  if (only === undefined || fitting.length > 1) return UNKNOWN_CLOCK;
  return { tickNs: only.tickNs, bootNs: BigInt.asUintN(64, coarseNs - jiffies * only.tickNs) };
}
