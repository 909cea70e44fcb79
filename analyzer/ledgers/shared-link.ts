/** Who shared the links of a flow, by the records of the switches and routers themselves. */
import type { FlowKey } from '../incidents/engine.js';
import { flowId } from './flow.js';
import type { LinkFlowRow, Observations } from './observe.js';

/** What two pods, or what is known of two ends, sent over a link. */
export interface LinkLoad {
  readonly source: string;
  readonly destination: string;
  readonly bytes: number;
}

export interface SharedLink {
  readonly exporter: string;
  readonly outputInterface: number;
  readonly bytes: number;
  /** Of the flow itself. */
  readonly ownBytes: number;
  /** Heaviest first. */
  readonly loads: LinkLoad[];
}

/** The busiest of the links that carried this direction of data; null where no device tells of it. */
export function sharedLink(flow: FlowKey, { linkFlows }: Observations): SharedLink | null {
  const id = flowId(flow);
  const links = linkFlows
    .filter((row) => flowId(row) === id)
    .map((own) => {
      const rows = linkFlows.filter((row) => goesWith(row, own));
      const { exporter, output_interface: outputInterface, bytes: ownBytes } = own;
      return { exporter, outputInterface, bytes: total(rows), ownBytes, loads: loadsOf(rows) };
    });
  return links.sort((a, b) => b.bytes - a.bytes)[0] ?? null;
}

/** Where a device tells one interface for both ways, only what has an end of the tunnel in common surely goes this way. */
const goesWith = (row: LinkFlowRow, own: LinkFlowRow): boolean =>
  row.exporter === own.exporter &&
  row.output_interface === own.output_interface &&
  (!row.one_interface || row.outer_src === own.outer_src || row.outer_dst === own.outer_dst);

function loadsOf(rows: readonly LinkFlowRow[]): LinkLoad[] {
  const loads = new Map<string, LinkLoad>();
  for (const row of rows) {
    const source = row.src_pod ?? row.src_host ?? row.src;
    const destination = row.dst_pod ?? row.dst_host ?? row.dst;
    const key = `${source} ${destination}`;
    const bytes = (loads.get(key)?.bytes ?? 0) + row.bytes;
    loads.set(key, { source, destination, bytes });
  }
  return [...loads.values()].sort((a, b) => b.bytes - a.bytes);
}

const total = (rows: readonly LinkFlowRow[]): number => rows.reduce((t, row) => t + row.bytes, 0);
