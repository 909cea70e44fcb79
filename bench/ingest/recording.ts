/** What agents of a testbed sent while a link of theirs filled up, cut into the batches in which they sent it. */
import { faultById } from '../../experiments/faults/index.js';
import { observe } from '../../experiments/scoring/run.js';
import { fromArrow, receivedOf } from '../../primitives/common/schema/arrow.js';
import {
  type CodedBatch,
  type Column,
  type ColumnBatch,
  elementsPerRow,
  fieldsOf,
} from '../../primitives/common/schema/columns.js';
import { type StreamName, STREAMS } from '../../primitives/common/schema/streams.js';

const FAULT = 'congested_link';

/** One request of an agent. */
export interface Delivery {
  readonly host: string;
  /** The analyzer's wall clock. */
  readonly receivedNs: bigint;
  readonly batch: ColumnBatch;
}

export interface Recording {
  readonly fault: string;
  /** In the order in which they came. */
  readonly deliveries: readonly Delivery[];
  /** The analyzer's wall clock minus each host's own. */
  readonly clocks: ReadonlyMap<string, bigint>;
}

export async function record(pastMs: number, signal: AbortSignal): Promise<Recording> {
  const deliveries: Delivery[] = [];
  await observe(faultById(FAULT), 1, {
    pastMs,
    signal,
    keep: async ({ url }) => {
      for (const { name } of STREAMS) {
        const answer = await fetch(`${url}/v1/export/${name}?format=arrow`);
        const bytes = new Uint8Array(await answer.arrayBuffer());
        deliveries.push(...deliveriesIn(name, bytes));
      }
    },
  });
  return recordingOf(deliveries);
}

function recordingOf(deliveries: readonly Delivery[]): Recording {
  const inOrder = [...deliveries].sort((a, b) => Number(a.receivedNs - b.receivedNs));
  return { fault: FAULT, deliveries: inOrder, clocks: clocksOf(inOrder) };
}

/** Rows that came together from one host. */
function deliveriesIn(stream: StreamName, bytes: Uint8Array): Delivery[] {
  const rows = fromArrow(stream, bytes);
  if (rows.length === 0) return [];
  const received = receivedOf(bytes);
  const hosts = rows.columns['host'];
  if (!hosts || !('codes' in hosts)) return [];
  const { codes, texts } = hosts;
  const deliveries: Delivery[] = [];
  for (let start = 0, end = 0; start < rows.length; start = end) {
    while (received[end] === received[start] && codes[end] === codes[start]) end++;
    deliveries.push({
      host: texts[codes[start] ?? 0] ?? '',
      receivedNs: received[start] ?? 0n,
      batch: part(rows, start, end),
    });
  }
  return deliveries;
}

function part({ stream, columns }: CodedBatch, start: number, end: number): ColumnBatch {
  const cut = Object.entries(fieldsOf(stream)).map(([name, { type }]): [string, Column] => {
    const column = columns[name];
    if (column === undefined) return [name, []];
    if (!('codes' in column)) {
      const perRow = elementsPerRow(type);
      return [name, column.slice(start * perRow, end * perRow)];
    }
    const { codes, texts } = column;
    return [name, Array.from(codes.subarray(start, end), (code) => texts[code] ?? '')];
  });
  return { stream, length: end - start, columns: Object.fromEntries(cut) };
}

/** By the sweep that came soonest. */
function clocksOf(deliveries: readonly Delivery[]): Map<string, bigint> {
  const clocks = new Map<string, bigint>();
  for (const { host, receivedNs, batch } of deliveries) {
    const ends = batch.columns['interval_end_ns'];
    if (batch.stream !== 'flow_interval' || !(ends instanceof BigUint64Array)) continue;
    for (const end of ends) {
      const offset = receivedNs - end;
      const best = clocks.get(host);
      if (best === undefined || offset < best) clocks.set(host, offset);
    }
  }
  return clocks;
}
