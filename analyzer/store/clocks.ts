import type { DuckDBConnection } from '@duckdb/node-api';

/** A clock that lags this much behind its best was restarted with its host, not delayed on the way. */
const RESTARTED_NS = 60_000_000_000n;
/** Two clocks drift apart no faster: crystals by 100 parts in a million, each the other way. */
const MOST_DRIFT_PPM = 200n;
/** What windows do not need is not written. */
const WRITTEN_FROM_NS = 1_000_000n;

interface Offset {
  readonly ns: bigint;
  readonly atNs: bigint;
}

/**
 * The analyzer's wall clock minus each host's monotonic clock: the least seen, since delay only adds to it, as far as
 * the two can have drifted apart since. Good for windows and for the page, never for a split.
 */
export class HostClocks {
  readonly #offsets = new Map<string, Offset>();
  readonly #written = new Map<string, bigint>();

  constructor(private readonly connection: DuckDBConnection) {}

  async load(): Promise<void> {
    const reader = await this.connection.runAndReadAll('SELECT host, offset_ns FROM host_clock');
    for (const [host, offset] of reader.getRows())
      this.#offsets.set(String(host), { ns: offset as bigint, atNs: 0n });
  }

  async observe(host: string, sentNs: bigint, receivedNs: bigint): Promise<void> {
    const ns = receivedNs - sentNs;
    const best = this.#offsets.get(host);
    if (best !== undefined && ns >= latest(best, receivedNs) && ns - best.ns < RESTARTED_NS) return;
    this.#offsets.set(host, { ns, atNs: receivedNs });
    const written = this.#written.get(host);
    if (written !== undefined && distance(ns, written) < WRITTEN_FROM_NS) return;
    this.#written.set(host, ns);
    await this.connection.run('INSERT OR REPLACE INTO host_clock VALUES ($host, $offset)', {
      host,
      offset: ns,
    });
  }
}

/** What it may have become. */
const latest = ({ ns, atNs }: Offset, nowNs: bigint): bigint =>
  ns + ((nowNs - atNs) * MOST_DRIFT_PPM) / 1_000_000n;

const distance = (a: bigint, b: bigint): bigint => (a < b ? b - a : a - b);
