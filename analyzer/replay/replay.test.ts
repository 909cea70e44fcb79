import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { copyFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { STREAMS } from '../../primitives/common/schema/streams.js';
import type { Incident } from '../incidents/incident.js';
import { bundleOf } from '../server/bundle.js';
import { jsonText } from '../store/json.js';
import type { Store } from '../store/database.js';
import { EXPORT_FORMATS, type ExportFormat } from '../store/export.js';
import { partitionPath } from '../store/partition.js';
import { longerPath, SECOND } from './fixture.js';
import { queryExport } from './open.js';
import { replay } from './replay.js';

describe('an exported incident', () => {
  let store: Store;
  let remove: () => Promise<void>;
  let incident: Incident;
  const folders: string[] = [];

  beforeAll(async () => {
    ({ store, incident, remove } = await longerPath());
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
