/** Microseconds as a reader wants them: three figures and a unit. */
export function duration(us: number): string {
  const size = Math.abs(us);
  if (size >= 1_000_000) return `${(us / 1_000_000).toPrecision(3)} s`;
  if (size >= 1000) return `${(us / 1000).toPrecision(3)} ms`;
  return `${Math.round(us)} µs`;
}
