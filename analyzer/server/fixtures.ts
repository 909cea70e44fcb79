import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AlertRow, VerdictEngine } from '../incidents/engine.js';
import type { Incident } from '../incidents/incident.js';
import { Store } from '../store/database.js';

/** An engine that remembers what it was told and judges nothing. */
export class RecordingEngine implements VerdictEngine {
  readonly alerts: AlertRow[] = [];
  readonly hosts: string[] = [];
  readonly late: string[] = [];
  readonly incidents: Incident[] = [];

  alerted(alerts: readonly AlertRow[]): void {
    this.alerts.push(...alerts);
  }
  delayed(host: string): void {
    this.late.push(host);
  }
  hostChanged(host: string, connected: boolean): void {
    this.hosts.push(`${host} ${connected}`);
  }
  list(): Incident[] {
    return this.incidents;
  }
  get(id: string): Incident | undefined {
    return this.incidents.find((incident) => incident.id === id);
  }
  readonly onChange: VerdictEngine['onChange'] = () => () => undefined;
  start(): void {
    this.hosts.length = 0;
  }
  async stop(): Promise<void> {}
}

/** For stores of tests: a record that is not written fails the test. */
export const rethrow = (error: unknown): never => {
  throw error;
};

export const temporaryFolder = (): string => mkdtempSync(join(tmpdir(), 'nvt-analyzer-'));

export async function temporaryStore(): Promise<{ store: Store; remove: () => Promise<void> }> {
  const folder = temporaryFolder();
  const store = await Store.open(folder, rethrow);
  return {
    store,
    remove: async () => {
      await store.close();
      rmSync(folder, { recursive: true });
    },
  };
}

export const ALERT = {
  host: 'a',
  source: 'push',
  begun_ns: 0n,
  time_ns: 5_000_000_000n,
  observed: 2n ** 64n - 1n,
  threshold: 7n,
  tap_role: 'pod',
  ifindex: 3,
  src: '10.0.0.1',
  dst: '10.0.0.2',
  src_port: 40000,
  dst_port: 80,
  protocol: 6,
  kind: 'rtt_shift',
  of_service: 0,
} as const;

export const incident = (id: string, state: Incident['state'] = 'open'): Incident => ({
  id,
  state,
  opened_at: '2026-01-01T00:00:00.000000000Z',
  closed_at: null,
  trigger: {
    kind: 'rtt_shift',
    host: 'a',
    flow: { src: '10.0.0.1', src_port: 40000, dst: '10.0.0.2', dst_port: 80, protocol: 'tcp' },
    observed: 2,
    threshold: 1,
    unit: 'ns',
  },
  victims: [
    {
      flow: { src: '10.0.0.1', src_port: 40000, dst: '10.0.0.2', dst_port: 80, protocol: 'tcp' },
      src: { host: 'a', pod: null, process: null },
      dst: { host: 'b', pod: null, process: null },
    },
  ],
  verdict: null,
  revisions: [],
  split: null,
  evidence: [],
  mappings: [],
  data_quality: { records_lost: 0, map_evictions: 0, hosts_missing: [], coverage: 1 },
  timing: { triggered_at: '', armed_at: {}, trace_events: 0, verdict_at: null },
});
