/** How exports lie in folders: hive-partitioned, as DuckDB, pandas and others read them. */

/** What was received of one host on one day, by the analyzer's clock in UTC. */
export interface Partition {
  readonly date: string;
  /** null for records that no agent sent. */
  readonly host: string | null;
}

export const partitionPath = ({ date, host }: Partition): string =>
  host === null ? `date=${date}` : `date=${date}/host=${encodeURIComponent(host)}`;

/** The host of a partition's file, which has no such column. */
export function hostOf(path: string): string | undefined {
  const host = /\/date=[^/]+\/host=([^/]+)\/[^/]+$/.exec(path)?.[1];
  return host === undefined ? undefined : decodeURIComponent(host);
}
