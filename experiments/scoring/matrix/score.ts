/** Scores what a folder holds: a page and its data, the same from the same runs. */
import { existsSync } from 'node:fs';
import { provenance } from '../../results/provenance.js';
import { save } from '../../results/save.js';
import { placesBy } from '../baselines/index.js';
import { judge } from '../judge.js';
import { MatrixFolder } from './folder.js';
import { renderMatrix } from './page.js';
import { summarize } from './summary.js';
import { type Told, versus } from './versus.js';

/** @param out path of page and data, without its ending; `command` makes them again. */
export async function scoreFolder(
  path: string,
  out: string | undefined,
  command: string,
): Promise<void> {
  const folder = new MatrixFolder(path);
  const { seed, runs } = folder.plan(undefined, () => []);
  const saved = [...folder.done()];
  const scores = saved.map(({ record, seal }) => judge(record, seal));
  const summary = summarize(scores);
  const told: Told[] = [];
  for (const [index, { record }] of saved.entries()) {
    const [telemetry, score] = [folder.telemetryOf(record.run), scores[index]];
    if (score && existsSync(telemetry))
      told.push({ score, places: await placesBy(telemetry, record) });
  }
  const methods = versus(told);
  const commits = [...new Set(saved.map(({ record }) => record.made.commit ?? 'no commit'))];
  const failures = folder.failures();
  const origin = { seed, failures, planned: runs.length, commits, made: provenance(command) };
  const page = renderMatrix(summary, methods, scores, origin);
  process.stdout.write(page);
  if (out !== undefined) save(out, page, { ...origin, summary, methods, scores });
}
