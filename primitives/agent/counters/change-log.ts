/** One row of the stream `host_counter`, without host and time. */
export interface CounterRow {
  readonly source: CounterSource;
  readonly object: string;
  readonly metric: string;
  readonly unit: string;
  readonly value: number;
  readonly temporality: 'counter' | 'gauge';
}

export type CounterSource =
  'qdisc' | 'device' | 'softnet' | 'netstat' | 'conntrack' | 'cgroup' | 'listen';

/** Remembers what each metric read last and keeps the changes. */
export class ChangeLog {
  readonly #last = new Map<string, number>();
  #rows: CounterRow[] = [];

  /** The first reading, and one below the last (a counter that was reset), only set the base. */
  counter(
    source: CounterSource,
    object: string,
    metric: string,
    unit: string,
    value: number,
  ): void {
    const growth = value - (this.#replace(source, object, metric, value) ?? value);
    if (growth > 0) {
      this.#rows.push({ source, object, metric, unit, value: growth, temporality: 'counter' });
    }
  }

  gauge(source: CounterSource, object: string, metric: string, unit: string, value: number): void {
    if (this.#replace(source, object, metric, value) === value) return;
    this.#rows.push({ source, object, metric, unit, value, temporality: 'gauge' });
  }

  take(): CounterRow[] {
    const rows = this.#rows;
    this.#rows = [];
    return rows;
  }

  #replace(source: string, object: string, metric: string, value: number): number | undefined {
    const key = `${source} ${object} ${metric}`;
    const last = this.#last.get(key);
    this.#last.set(key, value);
    return last;
  }
}
