import { readFile, rm } from 'node:fs/promises';
import { fieldsOf } from '../../primitives/common/schema/columns.js';
import { STREAMS } from '../../primitives/common/schema/streams.js';
import { basesOf, questionOf, recordsBehind } from '../incidents/basis.js';
import type { Incident } from '../incidents/incident.js';
import type { Store } from '../store/database.js';
import type { ResultRow } from '../store/rows.js';

const BEFORE_MS = 30_000;
const AFTER_MS = 10_000;
const MOST_ROWS = 10_000;

export interface Bundle {
  readonly incident: Incident;
  /** Rows of its flows in both directions, by stream; the newest when there are too many. */
  readonly rows: Readonly<Record<string, ResultRow[]>>;
  /** All that its verdict was read from, by stream: what `netverdict replay` takes. Parquet, in base64. */
  readonly records: Readonly<Record<string, string>>;
}

const FLOW_STREAMS = STREAMS.map(({ name }) => name).filter((name) => 'src_port' in fieldsOf(name));

/** An incident with the records that speak of its flows, to be looked at elsewhere, and judged again. */
export async function bundleOf(
  store: Pick<Store, 'query' | 'flush' | 'exportTable'>,
  incident: Incident,
): Promise<Bundle> {
  const params = {
    from: nanoseconds(Date.parse(incident.opened_at) - BEFORE_MS),
    to: nanoseconds((incident.closed_at ? Date.parse(incident.closed_at) : Date.now()) + AFTER_MS),
    ends: JSON.stringify(incident.victims.flatMap(({ flow }) => directions(flow))),
  };
  await store.flush();
  const rows: Record<string, ResultRow[]> = {};
  for (const stream of FLOW_STREAMS) rows[stream] = await store.query(selection(stream), params);
  return { incident, rows, records: await recordsOf(store, incident) };
}

async function recordsOf(
  store: Pick<Store, 'exportTable'>,
  incident: Incident,
): Promise<Record<string, string>> {
  const read = basesOf(incident).map(questionOf);
  const records: Record<string, string> = {};
  if (read.length === 0) return records;
  for (const { name } of STREAMS) {
    const behind = read.map((question) => `(${recordsBehind(name, question)})`).join(' OR ');
    const path = await store.exportTable(name, 'parquet', behind);
    records[name] = await readFile(path, 'base64');
    await rm(path);
  }
  return records;
}

const selection = (stream: string): string => `
SELECT * FROM ${stream}
WHERE received_ns BETWEEN $from AND $to
  AND list_contains(json_extract_string($ends::JSON, '$[*]'), concat_ws(' ', src, src_port, dst, dst_port))
ORDER BY received_ns DESC
LIMIT ${MOST_ROWS}`;

function directions({
  src,
  src_port,
  dst,
  dst_port,
}: Incident['victims'][number]['flow']): string[] {
  return [`${src} ${src_port} ${dst} ${dst_port}`, `${dst} ${dst_port} ${src} ${src_port}`];
}

const nanoseconds = (milliseconds: number): bigint => BigInt(milliseconds) * 1_000_000n;
