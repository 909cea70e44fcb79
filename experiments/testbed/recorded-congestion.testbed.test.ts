import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
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
async function recorded(): Promise<string | undefined> {
  return (await middle.incidents())
    .filter(({ verdict }) => verdict?.cause === 'congested_link')
    .flatMap(({ evidence }) => evidence)
    .find(({ id }) => id === 'network.records')?.statement;
}

it.skipIf(!exporter)('puts the pods that shared a congested link into its report', async () => {
  if (!exporter) return;
  const { testbed } = middle;
  startNetworkExporter(testbed, exporter, 'b');
  startBaseline(testbed);
  await sleep(HEALTHY_MS);
  await congestedLink.inject(testbed, { victims: [] });
  const heaviest = `${testbed.pod('c', 2).netns} → ${testbed.pod('b', 2).netns}`;
  expect(await until(recorded, RECORDED_WITHIN_MS)).toContain(`heaviest first: ${heaviest}`);
});
