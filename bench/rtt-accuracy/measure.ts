/** One kind of traffic, seen by the monitor and by a capture at the same two interfaces. */
import { join } from 'node:path';
import { Netns } from '../../primitives/common/loader/index.js';
import { native } from '../../primitives/common/native/index.js';
import {
  type ColumnBatch,
  rowsFromBatch,
  type Value,
} from '../../primitives/common/schema/columns.js';
import { Monitor } from '../../primitives/monitor/index.js';
import { Capture } from '../../experiments/capture/tcpdump.js';
import { type CapturedFrames, readCapture } from '../../experiments/capture/tshark.js';
import { NEAR_CLIENT, NEAR_SERVER, Path, type Place } from '../../experiments/testbed/path.js';
import { type Direction, directionText } from '../../experiments/reference/frame.js';
import { drive, flowsOf, startServer } from './traffic/drive.js';
import type { TrafficKind } from './traffic/kinds.js';

const DRAIN_EVERY_MS = 20;
const MAX_FLOWS = 4096;

/** A row of mark_sample; sequence numbers as on the wire. */
export interface Sample extends Direction {
  /** On the wall clock, to the millisecond. */
  readonly startNs: bigint;
  readonly turnaroundNs: number;
  readonly mark: number;
  readonly closingAck: number;
  readonly class: string;
  readonly piggyback: boolean;
}

export interface Measured {
  readonly place: string;
  readonly file: string;
  readonly captured: CapturedFrames;
  readonly samples: readonly Sample[];
  /** Samples that the flow's counters tell of, by direction; of a busy flow not all leave. */
  readonly counted: ReadonlyMap<string, number>;
}

/** @param look sees what was measured while the captures still exist. */
export async function measure<Seen>(
  kind: TrafficKind,
  look: (measured: readonly Measured[]) => Promise<Seen>,
): Promise<Seen> {
  const path = await Path.build(kind.path);
  const monitor = Monitor.open({ host: 'h', maxFlows: MAX_FLOWS });
  const rows: Record<string, Value>[] = [];
  const drain = (): void => void rows.push(...rowsOf(monitor.drain(), 'mark_sample'));
  const timer = setInterval(drain, DRAIN_EVERY_MS);
  try {
    monitor.setArmed(flowsOf(kind));
    const places = { near_client: NEAR_CLIENT, near_server: NEAR_SERVER };
    const [captures] = await Promise.all([
      Promise.all(Object.entries(places).map((place) => observe(path, monitor, ...place))),
      startServer(path, kind),
    ]);
    await drive(path, kind);
    await Promise.all(captures.map(({ capture }) => capture.stop()));
    drain();
    const flows = rowsOf(monitor.sweep(), 'flow_interval');
    const measured = captures.map(async ({ name, place, capture: { file } }) => ({
      place: name,
      file,
      captured: await readCapture(file),
      samples: rows.filter((row) => row['ifindex'] === place.ifindex && isMark(row)).map(sampleOf),
      counted: new Map(flows.filter((row) => row['ifindex'] === place.ifindex).map(countOf)),
    }));
    return await look(await Promise.all(measured));
  } finally {
    clearInterval(timer);
    monitor.close();
    await path.destroy();
  }
}

async function observe(path: Path, monitor: Monitor, name: string, place: Place) {
  const netns = Netns.open(place.netns);
  monitor.attach({ netnsFd: netns.fd, ...place, role: 'pod', pod: name });
  netns.close();
  const file = join(path.folder, `${name}.pcap`);
  const capture = await Capture.start(path.processes, { ...place, filter: 'tcp', file });
  return { name, place, capture };
}

/** A batch of a sweep is gone with the next one. */
function rowsOf(batches: Iterable<ColumnBatch>, name: string): Record<string, Value>[] {
  const rows: Record<string, Value>[] = [];
  for (const batch of batches) if (batch.stream === name) rows.push(...rowsFromBatch(batch));
  return rows;
}

/** Wall clock minus the monotonic one. */
const clockGapNs = BigInt(Date.now()) * 1_000_000n - native().monotonicNs();

const directionOf = (row: Record<string, Value>): Direction => ({
  src: `${row['src'] as string}:${row['src_port'] as number}`,
  dst: `${row['dst'] as string}:${row['dst_port'] as number}`,
});

/** Not a question and its answer, of which captures know nothing. */
const isMark = (row: Record<string, Value>): boolean => row['class'] !== 'answer';

const countOf = (row: Record<string, Value>): [string, number] => [
  directionText(directionOf(row)),
  row['samples'] as number,
];

const sampleOf = (row: Record<string, Value>): Sample => ({
  ...directionOf(row),
  startNs: (row['start_ns'] as bigint) + clockGapNs,
  turnaroundNs: Number(row['turnaround_ns']),
  mark: row['mark'] as number,
  closingAck: row['closing_ack'] as number,
  class: row['class'] as string,
  piggyback: row['piggyback'] === 1,
});
