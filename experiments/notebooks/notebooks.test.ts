import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { longerPath } from '../../analyzer/replay/fixture.js';
import { bundleOf } from '../../analyzer/server/bundle.js';
import { jsonText } from '../../analyzer/store/json.js';
import { artifact } from '../../primitives/common/artifacts.js';

/** Debian's, whose Python is not that of some environment. */
const JUPYTER = '/usr/bin/jupyter-nbconvert';
const KERNEL = artifact('experiments/notebooks/kernel/node_modules/tslab/bin/tslab');
const NEEDS = [JUPYTER, KERNEL, artifact('dist/cli/main.js')];
const missing = NEEDS.filter((path) => !existsSync(path));
const TIMEOUT_MS = 120_000;

let folder: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'nvt-notebooks-'));
  const kernel = join(folder, 'kernels', 'tslab');
  mkdirSync(kernel, { recursive: true });
  const argv = [process.execPath, KERNEL, 'kernel', '--config-path', '{connection_file}'];
  const spec = { argv, display_name: 'TypeScript', language: 'typescript' };
  writeFileSync(join(kernel, 'kernel.json'), JSON.stringify(spec));
  const { store, incident, remove } = await longerPath();
  writeFileSync(join(folder, 'incident.json'), jsonText(await bundleOf(store, incident)));
  await remove();
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

/** The notebook with its results, as Markdown; a cell that throws fails it. */
async function run(name: string): Promise<string> {
  const notebook = artifact(`experiments/notebooks/${name}.ipynb`);
  const { stdout } = await promisify(execFile)(
    JUPYTER,
    ['--to', 'markdown', '--execute', '--stdout', notebook],
    {
      env: {
        ...process.env,
        JUPYTER_PATH: folder,
        NETVERDICT_BUNDLE: join(folder, 'incident.json'),
      },
    },
  );
  return stdout;
}

const why = missing.length === 0 ? '' : ` (skipped without ${missing.join(', ')})`;

it.skipIf(missing.length > 0)(
  `an incident’s notebook asks its evidence again${why}`,
  async () => {
    const told = await run('incident');
    expect(told).toContain('network, path_delay');
    expect(told).toMatch(/for: .*\n.*rows of SELECT/);
    expect(told).toMatch(/verdict.*path_delay.*true/);
  },
  TIMEOUT_MS,
);

it.skipIf(missing.length > 0)(
  `the matrix’s notebook counts what the page counts${why}`,
  async () => {
    const told = await run('matrix');
    expect(told).toContain('packet_loss');
    expect(told).toMatch(/verdict after [\d.]+ s/);
  },
  TIMEOUT_MS,
);
