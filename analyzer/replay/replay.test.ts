import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { copyFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { batchFromRows, fieldsOf, type Row } from '../../primitives/common/schema/columns.js';
import { type StreamName, STREAMS } from '../../primitives/common/schema/streams.js';
import type { VerdictEngine } from '../incidents/engine.js';
import type { Incident } from '../incidents/incident.js';
import { createEngine } from '../incidents/index.js';
import { bundleOf } from '../server/bundle.js';
import { ALERT, temporaryStore } from '../server/fixtures.js';
import { jsonText } from '../store/json.js';
import type { Store } from '../store/database.js';
import { EXPORT_FORMATS, type ExportFormat } from '../store/export.js';
import { partitionPath } from '../store/partition.js';
import { queryExport } from './open.js';
import { replay } from './replay.js';

const SECOND = 1_000_000_000n;
const FLOW = { src: '10.1.0.2', src_port: 40000, dst: '10.2.0.2', dst_port: 80, protocol: 6 };

/** The other fields are zero or empty. */
function rowOf(stream: StreamName, given: Partial<Row>): Row {
  const empty = Object.entries(fieldsOf(stream)).map(([name, { type }]) => {
    if (type.kind === 'histogram') return [name, new Uint32Array(type.length)];
    return [name, type.kind === 'scalar' ? 0 : ''];
  });
  return { ...(Object.fromEntries(empty) as Row), ...(given as Row) };
}

const endpoint = (host: string, address: string): Row =>
  rowOf('endpoint', { host, address, pod: `${host}1`, ifindex: 3, role: 'pod', present: 1 });

/** Marks at all four taps, 20 a second. */
function traffic(fromNs: bigint, toNs: bigint, networkUs: number): Row[] {
  const rows: Row[] = [];
  for (let at = fromNs; at < toNs; at += SECOND / 20n) {
    const mark = Number((at / 1_000_000n) % 4_294_967_296n);
    const noise = (mark * 7919) % 1000;
    const place = (host: string, tap_role: string, us: number): Row =>
      rowOf('mark_sample', {
        ...{ ...FLOW, host, tap_role, ifindex: tap_role === 'pod' ? 3 : 0, mark },
        ...{ closing_ack: mark + 1, class: 'exact', piggyback: 1 },
        ...{ start_ns: at, turnaround_ns: BigInt(1000 * us + noise) },
      });
    rows.push(
      place('a', 'pod', 340 + networkUs),
      place('a', 'uplink', 320 + networkUs),
      place('b', 'uplink', 320),
      place('b', 'pod', 300),
    );
  }
  return rows;
}

describe('an exported incident', () => {
  let store: Store;
  let remove: () => Promise<void>;
  let engine: VerdictEngine;
  let incident: Incident;
  const folders: string[] = [];

  const hosts = ['a', 'b'];
  const take = (stream: StreamName, rows: Row[], receivedNs: bigint): void => {
    for (const host of hosts)
      store.append(
        batchFromRows(
          stream,
          rows.filter((row) => row['host'] === host),
        ),
        host,
        receivedNs,
      );
  };

  beforeAll(async () => {
    ({ store, remove } = await temporaryStore());
    engine = createEngine({
      store,
      control: { send: () => undefined, hosts: () => hosts },
      log: {
        debug: () => undefined,
        info: () => undefined,
        error: ({ err }: { err?: unknown }) => {
          throw err;
        },
      },
    });
    engine.start();
    const now = BigInt(Date.now()) * 1_000_000n;
    // On every host's clock it is 100 s.
    const onHost = (fromNs: bigint, toNs: bigint, us: number): Row[] =>
      traffic(fromNs - now + 100n * SECOND, toNs - now + 100n * SECOND, us);
    for (const host of hosts) await store.clocks.observe(host, 100n * SECOND, now);
    take('endpoint', [endpoint('a', FLOW.src), endpoint('b', FLOW.dst)], now - 200n * SECOND);
    take('mark_sample', onHost(now - 20n * SECOND, now - SECOND / 5n, 200), now - SECOND / 5n);
    take('mark_sample', onHost(now - SECOND / 5n, now + 2n * SECOND, 30_000), now);
    engine.alerted([{ ...ALERT, ...FLOW, observed: 20_000_000n, time_ns: 100n * SECOND }]);
    await vi.waitUntil(() => engine.list()[0]?.state === 'diagnosed', { timeout: 8000 });
    await engine.stop();
    incident = engine.list()[0] as Incident;
    // What comes later must not be read.
    const later = BigInt(Date.now()) * 1_000_000n;
    take('mark_sample', onHost(now - 20n * SECOND, now, 90_000), later);
    take('endpoint', [endpoint('b', FLOW.src)], later);
  });

  afterAll(async () => {
    await remove();
    for (const folder of folders) rmSync(folder, { recursive: true });
  });

  function folder(): string {
    const made = mkdtempSync(join(tmpdir(), 'nvt-replay-'));
    folders.push(made);
    return made;
  }

  async function exported(format: ExportFormat): Promise<string> {
    const to = folder();
    writeFileSync(join(to, 'incidents.json'), JSON.stringify({ incidents: [incident] }));
    for (const { name } of STREAMS)
      await copyFile(await store.exportTable(name, format), join(to, `${name}.${format}`));
    return to;
  }

  /** As `netverdict export` lays it. */
  async function partitioned(format: ExportFormat): Promise<string> {
    const to = folder();
    writeFileSync(join(to, 'incidents.json'), JSON.stringify({ incidents: [incident] }));
    for (const { name } of STREAMS)
      for (const partition of await store.partitions(name)) {
        const into = join(to, name, partitionPath(partition));
        mkdirSync(into, { recursive: true });
        const file = await store.exportPartition(name, format, partition);
        await copyFile(file, join(into, `data.${format}`));
      }
    return to;
  }

  async function bundled(): Promise<string> {
    const to = folder();
    writeFileSync(join(to, `${incident.id}.json`), jsonText(await bundleOf(store, incident)));
    return to;
  }

  it.each([...EXPORT_FORMATS, 'bundle' as const])('gives the same verdict (%s)', async (kind) => {
    const { looks } = await replay(kind === 'bundle' ? await bundled() : await exported(kind));
    expect(looks).toHaveLength(1);
    expect(looks[0]).toMatchObject({ of: 'verdict', same: true, differences: [], missing: {} });
    expect(looks[0]?.replayed.verdict).toEqual(incident.verdict);
    expect(incident.verdict).toMatchObject({ domain: 'network', cause: 'path_delay' });
    expect(incident.evidence.length).toBeGreaterThan(0);
  });

  it.each(EXPORT_FORMATS)('gives the same from partitions (%s)', async (format) => {
    const to = await partitioned(format);
    expect(readdirSync(join(to, 'mark_sample')).length).toBeGreaterThan(0);
    const { looks } = await replay(to);
    expect(looks).toMatchObject([{ of: 'verdict', same: true, differences: [], missing: {} }]);
  });

  it.each([...EXPORT_FORMATS, 'bundle' as const])('is asked in SQL (%s)', async (kind) => {
    const at = kind === 'bundle' ? await bundled() : await partitioned(kind);
    const sql = "SELECT host, count(*) AS n FROM mark_sample WHERE tap_role = 'pod' GROUP BY ALL";
    const { rows } = await queryExport(at, `${sql} ORDER BY ALL`, 10);
    expect(rows.map(({ host }) => host)).toEqual(['a', 'b']);
    if (kind !== 'bundle') expect(rows).toEqual(await store.query(`${sql} ORDER BY ALL`));
    const [row] = (await queryExport(at, 'SELECT id FROM incident', 10)).rows;
    expect(row).toEqual({ id: incident.id });
    await expect(queryExport(at, 'DELETE FROM mark_sample', 10)).rejects.toMatchObject({
      code: 'NV_BAD_QUERY',
    });
  });

  it('gives another when a record was changed, and says where', async () => {
    const to = await exported('arrow');
    await store.query(
      `UPDATE mark_sample SET turnaround_ns = turnaround_ns + 50000000
       WHERE host = 'a' AND start_ns > ${100n * SECOND}`,
    );
    await copyFile(await store.exportTable('mark_sample', 'arrow'), join(to, 'mark_sample.arrow'));
    const { looks } = await replay(to);
    expect(looks[0]?.same).toBe(false);
    expect(looks[0]?.differences.map(({ at }) => at)).toContain('split.network_us');
  });

  it('counts records that are gone, and needs no file of them', async () => {
    const to = await exported('parquet');
    rmSync(join(to, 'mark_sample.parquet'));
    const { looks } = await replay(to);
    expect(looks[0]).toMatchObject({ same: false, replayed: { verdict: null } });
    expect(looks[0]?.missing).toEqual({ mark_sample: incident.basis?.records['mark_sample'] });
    expect(Object.keys(looks[0]?.missing ?? {})).toHaveLength(1);
  });

  it('is not taken for good without what it was read from', async () => {
    const to = await exported('parquet');
    const old = { ...incident };
    delete old.basis;
    const open = { ...incident, id: 'open', verdict: null };
    writeFileSync(join(to, 'incidents.json'), JSON.stringify({ incidents: [old, open] }));
    expect(await replay(to)).toEqual({ looks: [], without: ['open'], unfounded: [incident.id] });
  });

  it('is one that was asked for', async () => {
    expect((await replay(await bundled(), 'other')).looks).toEqual([]);
    expect(readdirSync(await bundled())).toEqual([`${incident.id}.json`]);
    expect(readFileSync(join(await bundled(), `${incident.id}.json`), 'utf8')).toContain('"basis"');
  });
});

it('refuses what holds no export', async () => {
  const empty = mkdtempSync(join(tmpdir(), 'nvt-replay-'));
  await expect(replay(empty)).rejects.toMatchObject({ code: 'NV_NOT_FOUND' });
  rmSync(empty, { recursive: true });
  await expect(replay(empty)).rejects.toMatchObject({ code: 'NV_NOT_FOUND' });
});
