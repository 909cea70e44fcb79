import type { DuckDBConnection } from '@duckdb/node-api';

/** A clock that lags this much behind its best was restarted with its host, not delayed on the way. */
const RESTARTED_NS = 60_000_000_000n;

/**
 * The analyzer's wall clock minus each host's monotonic clock: the least seen, since delay only adds to it.
 * Good for windows and for the page, never for a split.
 */
export class HostClocks {
  readonly #offsets = new Map<string, bigint>();

  constructor(private readonly connection: DuckDBConnection) {}

  async load(): Promise<void> {
    const reader = await this.connection.runAndReadAll('SELECT host, offset_ns FROM host_clock');
    for (const [host, offset] of reader.getRows())
      this.#offsets.set(String(host), offset as bigint);
  }

  async observe(host: string, sentNs: bigint, receivedNs: bigint): Promise<void> {
    const offset = receivedNs - sentNs;
    const best = this.#offsets.get(host);
    if (best !== undefined && offset >= best && offset - best < RESTARTED_NS) return;
    this.#offsets.set(host, offset);
    await this.connection.run('INSERT OR REPLACE INTO host_clock VALUES ($host, $offset)', {
      host,
      offset,
    });
  }
}
