/** Runs a plan in pieces of bounded time; each piece goes on where the last one stopped. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { STREAMS } from '../../../primitives/common/schema/streams.js';
import { type Fault, faultById, FAULTS, gradesOf, SET_ASIDE } from '../../faults/index.js';
import { provenance } from '../../results/provenance.js';
import { takes } from '../../scenarios/cast.js';
import type { Cluster } from '../../scenarios/cluster.js';
import { TRAFFIC_IDS } from '../../workloads/index.js';
import { judge } from '../judge.js';
import { observe } from '../run.js';
import { lineOf } from '../score.js';
import { MatrixFolder } from './folder.js';
import { type PlannedRun, planRuns } from './plan.js';

export interface MatrixOrder {
  readonly out: string;
  /** That of what is there, else drawn. */
  readonly seed: number | undefined;
  /** Of this piece. */
  readonly minutes: number;
  readonly keepTelemetry: boolean;
  /** Makes the same again. */
  readonly command: string;
}

/** What a run takes beyond the health before it: not begun with less time left. */
const USUAL_RUN_MS = 14_000;

/** How many runs of the plan are left. When interrupted, or out of time, a run that was under way is taken back. */
export async function runMatrix(order: MatrixOrder, interrupted: AbortSignal): Promise<number> {
  const deadline = Date.now() + order.minutes * 60_000;
  const signal = AbortSignal.any([interrupted, AbortSignal.timeout(order.minutes * 60_000)]);
  const folder = new MatrixFolder(resolve(order.out));
  const { seed, runs } = folder.plan(order.seed, planAll);
  const left = runs.filter((planned) => !folder.isDone(planned));
  const fits = (planned: PlannedRun): boolean =>
    Date.now() + Math.max(planned.pastMs, gradeOf(planned).baselineMs ?? 0) + USUAL_RUN_MS <
    deadline;
  let done = 0;
  try {
    for (const planned of left) {
      if (!fits(planned)) break;
      if (await runPlanned(planned, { ...order, folder, seed, signal })) done++;
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  }
  return left.length - done;
}

const planAll = (seed: number): PlannedRun[] => {
  const all = [...FAULTS, ...SET_ASIDE];
  const isControl = ({ label }: Fault): boolean => label === null;
  return planRuns(
    seed,
    all.filter((fault) => !isControl(fault)),
    all.filter(isControl),
    (fault) => TRAFFIC_IDS.filter((kind) => takes(fault, kind)),
  );
};

interface Piece extends Pick<MatrixOrder, 'keepTelemetry' | 'command'> {
  readonly folder: MatrixFolder;
  readonly seed: number;
  readonly signal: AbortSignal;
}

/** False if it failed: it is tried again when the matrix is resumed. */
async function runPlanned(planned: PlannedRun, piece: Piece): Promise<boolean> {
  try {
    await runOne(planned, piece);
    return true;
  } catch (error) {
    piece.signal.throwIfAborted();
    const reason = error instanceof Error ? error.message : String(error);
    piece.folder.fail(planned, reason);
    process.stderr.write(`failed ${planned.scenario} ${planned.run}: ${reason}\n`);
    return false;
  }
}

async function runOne(planned: PlannedRun, piece: Piece): Promise<void> {
  const { run, roles, pastMs, traffic } = planned;
  const { folder, keepTelemetry, command, seed, signal } = piece;
  const { record, seal } = await observe(gradeOf(planned), run, {
    ...{ pastMs, roles, signal },
    ...(traffic && { traffic }),
    sealed: [folder.path],
    ...(keepTelemetry && { keep: (cluster) => exportAll(cluster, folder.telemetryOf(run)) }),
  });
  folder.save({ ...record, made: { ...provenance(command), seed } }, seal);
  process.stderr.write(`${lineOf(judge(record, seal))}\n`);
}

function gradeOf({ scenario, strength }: PlannedRun): Fault {
  const grades = gradesOf(faultById(scenario));
  const planned = grades.find((grade) => (grade.strength?.value ?? null) === strength);
  if (planned === undefined) throw new Error(`${scenario} has no strength ${strength} any more`);
  return planned;
}

/** As `netverdict export` does: what `replay` reads. */
async function exportAll(cluster: Cluster, to: string): Promise<void> {
  await mkdir(to, { recursive: true });
  const incidents = await cluster.incidents();
  await writeFile(join(to, 'incidents.json'), JSON.stringify({ incidents }));
  for (const { name } of STREAMS)
    await writeFile(join(to, `${name}.parquet`), await cluster.parquet(name));
}
