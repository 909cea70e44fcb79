import { randomBytes } from 'node:crypto';
import type { BpfObject } from '../common/loader/index.js';
import type { FlowTable } from './flow-table.js';
import type { MonitorLayout } from './layout.js';
import { LruTable } from './lru-table.js';
import { recordsFor, SetTable, setsFor } from './set-table.js';

const OBJECTS = {
  set_associative: 'build/bpf/monitor.bpf.o',
  lru_hash: 'build/bpf/monitor-lru.bpf.o',
} as const;

/** Where flows are kept: in sets of mapped arrays (flow_table.h), or in the kernel's LRU hash (flow_lru.h). */
export type FlowTableKind = keyof typeof OBJECTS;
export const FLOW_TABLES = Object.keys(OBJECTS) as readonly FlowTableKind[];

/** File of the compiled program with this table. */
export const tableObject = (kind: FlowTableKind): string => OBJECTS[kind];

/** Makes room for so many flows; before the load. */
export function configureTable(object: BpfObject, kind: FlowTableKind, flows: number): BpfObject {
  if (kind === 'lru_hash') return object.maxEntries('nv_flows', flows);
  const sets = setsFor(flows);
  return object
    .maxEntries('nv_flow_sets', sets)
    .maxEntries('nv_flow_details', recordsFor(sets))
    .configure({ nv_set_count: sets, nv_hash_seed: new Uint8Array(randomBytes(24)) });
}

export const openTable = (
  kind: FlowTableKind,
  object: BpfObject,
  layout: MonitorLayout,
): FlowTable => (kind === 'lru_hash' ? new LruTable(object, layout) : new SetTable(object, layout));
