/** How many recorded records go through decoding and into DuckDB in a second: by stream, and as they came. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Store } from '../../analyzer/store/database.js';
import { fromArrow } from '../../primitives/common/schema/arrow.js';
import { toArrow } from '../../primitives/common/schema/arrow-encode.js';
import { type ColumnBatch, fieldsOf, joinBatches } from '../../primitives/common/schema/columns.js';
import { type StreamName, STREAMS } from '../../primitives/common/schema/streams.js';
import { turns } from '../harness/turns.js';
import type { Plan } from './plan.js';
import type { Recording } from './recording.js';

/** What the agents send in one request when they are behind, and what they sent. */
export const SIZES = ['as sent', 'full'] as const;
export const ALL = 'as they came';
const FULL_ROWS = 4096;
/** A stream with less than this was hardly spoken. */
const FEW_ROWS = 500;
/** As in the analyzer: what came within half a second is committed at once. */
const COMMIT_ROWS = 16_384;
const HOST = 'h';

export interface Rate {
  readonly stream: StreamName | typeof ALL;
  readonly size: (typeof SIZES)[number];
  readonly round: number;
  readonly rows_per_batch: number;
  readonly decoded_per_s: number;
  /** Decoded, appended and committed. */
  readonly stored_per_s: number;
  /** Of all threads, while they were decoded and stored; a processor is 1. */
  readonly processors: number;
}

interface Load extends Pick<Rate, 'stream' | 'size'> {
  readonly batches: readonly { readonly stream: StreamName; readonly bytes: Uint8Array }[];
  readonly rows: number;
}

export async function measureThroughput(
  { deliveries }: Recording,
  { records, rounds }: Plan,
  progress: (line: string) => void,
): Promise<Rate[]> {
  const batches = deliveries.map(({ batch }) => batch);
  const loads = STREAMS.flatMap(({ name }) => {
    const own = batches.filter(({ stream }) => stream === name);
    return rowsOf(own) < FEW_ROWS ? [] : SIZES.map((size) => loadOf(name, size, own, records));
  });
  const all = [...loads, ...SIZES.map((size) => loadOf(ALL, size, batches, records))];
  const rates: Rate[] = [];
  for (let round = 0; round < rounds; round++) {
    progress(`records into DuckDB, round ${round + 1} of ${rounds}`);
    for (const load of turns(all, round)) rates.push({ round, ...(await rateOf(load)) });
  }
  return rates;
}

const rowsOf = (batches: readonly ColumnBatch[]): number =>
  batches.reduce((rows, { length }) => rows + length, 0);

/** The same again and again until there are enough of them. */
function loadOf(
  stream: Rate['stream'],
  size: Rate['size'],
  own: readonly ColumnBatch[],
  records: number,
): Load {
  const once = (size === 'full' ? joined(own) : own).map((batch) => ({
    stream: batch.stream,
    bytes: toArrow(batch),
  }));
  const times = Math.ceil(records / rowsOf(own));
  const batches = Array.from({ length: times }, () => once).flat();
  return { stream, size, batches, rows: times * rowsOf(own) };
}

function joined(batches: readonly ColumnBatch[]): ColumnBatch[] {
  return joinBatches(batches).flatMap((whole) =>
    Array.from({ length: Math.ceil(whole.length / FULL_ROWS) }, (_, n) =>
      cut(whole, n * FULL_ROWS, Math.min(whole.length, (n + 1) * FULL_ROWS)),
    ),
  );
}

function cut({ stream, length, columns }: ColumnBatch, start: number, end: number): ColumnBatch {
  const parts = Object.keys(fieldsOf(stream)).map((name) => {
    const column = columns[name] ?? [];
    const perRow = column.length / length;
    return [name, column.slice(start * perRow, end * perRow)];
  });
  return { stream, length: end - start, columns: Object.fromEntries(parts) as typeof columns };
}

async function rateOf({ stream, size, batches, rows }: Load): Promise<Omit<Rate, 'round'>> {
  const folder = mkdtempSync(join(tmpdir(), 'nvt-ingest-'));
  const store = await Store.open(folder, (error) => {
    throw error;
  });
  try {
    const began = performance.now();
    for (const batch of batches) fromArrow(batch.stream, batch.bytes);
    const decoded = performance.now();
    const cpu = process.cpuUsage();
    await storeAll(store, batches);
    const stored = performance.now();
    const { user, system } = process.cpuUsage(cpu);
    return {
      ...{ stream, size, rows_per_batch: rows / batches.length },
      decoded_per_s: (1000 * rows) / (decoded - began),
      stored_per_s: (1000 * rows) / (stored - decoded),
      processors: (user + system) / 1000 / (stored - decoded),
    };
  } finally {
    await store.close();
    rmSync(folder, { recursive: true });
  }
}

async function storeAll(store: Store, batches: Load['batches']): Promise<void> {
  let waiting = 0;
  let committed = Promise.resolve();
  for (const { stream, bytes } of batches) {
    const batch = fromArrow(stream, bytes);
    store.append(batch, HOST, 1n);
    waiting += batch.length;
    if (waiting < COMMIT_ROWS) continue;
    waiting = 0;
    // The last commit goes on beside the decoding of what follows.
    await committed;
    committed = store.flush();
  }
  await committed;
  await store.flush();
}
