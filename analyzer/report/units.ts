/** Microseconds as a reader wants them: three figures and the unit that fits. */
export function duration(us: number): string {
  const size = Math.abs(us);
  const sign = us < 0 ? '−' : '';
  if (size >= 999_500) return `${sign}${figures(size / 1_000_000)} s`;
  if (size >= 999.5) return `${sign}${figures(size / 1000)} ms`;
  return size < 0.05 ? '0 µs' : `${sign}${size < 9.95 ? size.toFixed(1) : size.toFixed(0)} µs`;
}

const figures = (value: number): string => value.toFixed(value < 9.995 ? 2 : value < 99.95 ? 1 : 0);

export const growth = (us: number): string => (us < 0 ? duration(us) : `+${duration(us)}`);

export const percent = (share: number): string => `${Math.round(share * 100)} %`;

export const count = (value: number): string => value.toLocaleString('en-US');

/** RFC 3339 to what people compare: date and time of UTC, milliseconds. */
export const moment = (rfc3339: string): string =>
  `${rfc3339.slice(0, 10)} ${rfc3339.slice(11, 23)} UTC`;

/** Microseconds from one RFC 3339 time to another. */
export const elapsedUs = (from: string, to: string): number =>
  (Date.parse(to) - Date.parse(from)) * 1000;
