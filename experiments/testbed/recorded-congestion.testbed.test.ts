import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Replayed, replay } from '../../analyzer/replay/index.js';
import { congestedLink } from '../faults/congested-link.js';
import { startBaseline } from '../workloads/baseline.js';
import { isInstalled, NETWORK_EXPORTERS, startNetworkExporter } from './network-exporter.js';
import { RecordedMiddle, until } from './recorded-middle.js';

const HEALTHY_MS = 8000;
const RECORDED_WITHIN_MS = 30_000;

const [exporter] = NETWORK_EXPORTERS.filter(isInstalled);

let middle: RecordedMiddle;
beforeAll(async () => {
  middle = await RecordedMiddle.build('netrec');
});
afterAll(() => middle.destroy());

/** What the report of a congested link says of the network's own records. */
async function recorded(): Promise<{ id: string; says: string } | undefined> {
  for (const { id, verdict, evidence } of await middle.incidents()) {
    const says = evidence.find((e) => e.id === 'network.records')?.statement;
    if (verdict?.cause === 'congested_link' && says !== undefined) return { id, says };
  }
  return undefined;
}

/** The verdict and those before it, read again from what the running analyzer gives away. */
async function replayed(id: string): Promise<Replayed[]> {
  const file = join(middle.testbed.folder, 'bundle.json');
  await writeFile(file, await middle.ask(`/v1/incidents/${id}/bundle`));
  return [...(await replay(file)).looks];
}

it.skipIf(!exporter)(
  'puts the pods that shared a congested link into its report, as a replay does',
  async () => {
    if (!exporter) return;
    const { testbed } = middle;
    startNetworkExporter(testbed, exporter, 'b');
    startBaseline(testbed);
    await sleep(HEALTHY_MS);
    await congestedLink.inject(testbed, { victims: [] });
    const heaviest = `${testbed.pod('c', 2).netns} → ${testbed.pod('b', 2).netns}`;
    const { id, says } = await until(recorded, RECORDED_WITHIN_MS);
    expect(says).toContain(`heaviest first: ${heaviest}`);
    const looks = await replayed(id);
    expect(looks.map(({ of }) => of)).toContain('verdict');
    for (const { differences, missing } of looks)
      expect({ differences, missing }).toEqual({ differences: [], missing: {} });
  },
);
