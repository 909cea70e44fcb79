/**
 * How verdicts degrade: the recorded runs of a matrix before the verdict engine again, each in every mode in which
 * agents, their records or their clocks fail. In pieces of bounded time, like the matrix.
 */
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { provenance } from '../../results/provenance.js';
import { save } from '../../results/save.js';
import { judge } from '../judge.js';
import { MatrixFolder, type SavedRun } from '../matrix/folder.js';
import type { Seal } from '../record.js';
import { MODES, WHOLE } from './modes.js';
import { type Degraded, degradedOf, summaryOf } from './outcome.js';
import { renderDegraded } from './page.js';
import { rerun } from './rerun.js';
import { Tape } from './tape.js';

export interface DegradeOrder {
  /** Folder of a matrix with its telemetry; nothing is written there. */
  readonly from: string;
  /** Folder of what is done. */
  readonly work: string;
  readonly minutes: number;
  /** Path of page and data, without its ending. */
  readonly out: string | undefined;
  /** Makes the same again. */
  readonly command: string;
}

/** How many runs are left. */
export async function degrade(order: DegradeOrder): Promise<number> {
  const { from, work, minutes, out, command } = order;
  const deadline = Date.now() + minutes * 60_000;
  mkdirSync(work, { recursive: true });
  const folder = new MatrixFolder(from);
  const runs = [...folder.done()].filter(({ record }) =>
    existsSync(folder.telemetryOf(record.run)),
  );
  const fileOf = ({ run }: SavedRun): string => join(work, `${String(run).padStart(4, '0')}.json`);
  const left = runs.filter(({ record }) => !existsSync(fileOf(record)));
  let done = 0;
  for (const { record, seal } of left) {
    if (Date.now() >= deadline) break;
    const outcomes = await inEveryMode(folder.telemetryOf(record.run), record, seal);
    const file = fileOf(record);
    writeFileSync(`${file}.part`, JSON.stringify(outcomes));
    renameSync(`${file}.part`, file);
    done++;
    for (const { mode, outcome } of outcomes)
      if (outcome !== 'right')
        process.stderr.write(`${record.run} ${seal.scenario} ${mode}: ${outcome}\n`);
  }
  tell(savedIn(work), out, command);
  return left.length - done;
}

/** None if the run is void: its fault hurt nobody, or its control somebody. */
async function inEveryMode(
  telemetry: string,
  record: SavedRun,
  seal: Seal,
): Promise<readonly Degraded[]> {
  if (judge(record, seal).result === 'void') return [];
  const tape = await Tape.open(telemetry);
  const outcomes: Degraded[] = [];
  try {
    for (const mode of MODES)
      outcomes.push(degradedOf(mode.id, judge(await rerun(tape, mode, record), seal)));
  } finally {
    tape.close();
  }
  return outcomes;
}

const savedIn = (work: string): Degraded[] =>
  readdirSync(work)
    .filter((name) => name.endsWith('.json'))
    .sort()
    .flatMap((name) => JSON.parse(readFileSync(join(work, name), 'utf8')) as Degraded[]);

function tell(outcomes: readonly Degraded[], out: string | undefined, command: string): void {
  const made = provenance(command);
  const whole = outcomes.filter(({ mode }) => mode === WHOLE.id);
  const modes = MODES.map(({ id }) => summaryOf(id, outcomes, whole));
  const page = renderDegraded(modes, outcomes, made);
  process.stdout.write(page);
  if (out !== undefined) save(out, page, { made, modes, outcomes });
}
