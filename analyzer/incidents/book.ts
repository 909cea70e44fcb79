/** All incidents, in memory and in the store. */
import type { Incident } from './incident.js';

/** What had been received until a moment, as queries that belong together see it. */
export interface Snapshot {
  query(sql: string, params?: Record<string, unknown>): Promise<Record<string, unknown>[]>;
  release(): Promise<void>;
}

export interface IncidentStore {
  query(sql: string, params?: Record<string, unknown>): Promise<Record<string, unknown>[]>;
  /** Resolves when a query can see all records received so far. */
  flush(): Promise<void>;
  /** What is received later than `untilNs` (analyzer wall clock) is not in it. One at a time. */
  snapshot(untilNs: bigint): Promise<Snapshot>;
}

export class IncidentBook {
  readonly #incidents = new Map<string, Incident>();
  readonly #listeners = new Set<(incident: Incident) => void>();
  #writing: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly store: IncidentStore,
    private readonly failed: (error: unknown) => void,
  ) {}

  /** Incidents of an earlier run; those still open then are closed. */
  async load(closedAt: string): Promise<void> {
    const rows = await this.store.query('SELECT id, json FROM incident ORDER BY id');
    for (const row of rows) {
      const incident = JSON.parse(String(row['json'])) as Incident;
      if (incident.state === 'closed') this.#incidents.set(incident.id, incident);
      else this.put({ ...incident, state: 'closed', closed_at: closedAt });
    }
  }

  list(): Incident[] {
    return [...this.#incidents.values()].reverse();
  }

  get(id: string): Incident | undefined {
    return this.#incidents.get(id);
  }

  put(incident: Incident): void {
    this.#incidents.set(incident.id, incident);
    for (const listener of this.#listeners) listener(incident);
    this.#writing = this.#writing
      .then(() =>
        this.store.query('INSERT OR REPLACE INTO incident VALUES ($id, $json, $updated)', {
          id: incident.id,
          json: JSON.stringify(incident),
          updated: new Date().toISOString(),
        }),
      )
      .catch(this.failed);
  }

  onChange(listener: (incident: Incident) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async settled(): Promise<void> {
    await this.#writing;
  }
}
