/**
 * A matrix on disk, each kind of file in a folder of its own: `plan.json`, `runs/` (what was seen), `labels/` (what it
 * was), `telemetry/` (what it was read from). A run is done when it has its file in `runs/`, which is written last.
 */
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { NetverdictError } from '../../../primitives/common/errors/index.js';
import type { Provenance } from '../../results/provenance.js';
import type { RunRecord, Seal } from '../record.js';
import type { PlannedRun } from './plan.js';

export interface MatrixPlan {
  readonly seed: number;
  readonly runs: readonly PlannedRun[];
}

/** With what it takes to make it again. */
export interface SavedRun extends RunRecord {
  readonly made: Provenance & { readonly seed: number };
}

export interface Failure {
  readonly run: number;
  readonly reason: string;
}

const FAILURES = 'failures.jsonl';

export class MatrixFolder {
  constructor(readonly path: string) {}

  /** What is there is resumed, with the seed that it began with; else the plan is written first. */
  plan(seed: number | undefined, make: (seed: number) => PlannedRun[]): MatrixPlan {
    const file = join(this.path, 'plan.json');
    if (!existsSync(file)) {
      const chosen = seed ?? Math.floor(Math.random() * 2 ** 32);
      this.#write('plan.json', { seed: chosen, runs: make(chosen) });
    }
    const plan = this.#read(file) as MatrixPlan;
    if (seed !== undefined && seed !== plan.seed)
      throw new NetverdictError('NV_USAGE', `${file} was made with --seed ${plan.seed}`);
    return plan;
  }

  isDone({ run }: PlannedRun): boolean {
    return existsSync(join(this.path, 'runs', nameOf(run)));
  }

  save(record: SavedRun, seal: Seal): void {
    this.#write(join('labels', nameOf(record.run)), seal);
    this.#write(join('runs', nameOf(record.run)), record);
  }

  /** A run that came to no end is not done; that it failed is kept. */
  fail({ run }: PlannedRun, reason: string): void {
    const file = join(this.path, FAILURES);
    appendFileSync(file, `${JSON.stringify({ run, reason })}\n`);
  }

  failures(): readonly Failure[] {
    const file = join(this.path, FAILURES);
    if (!existsSync(file)) return [];
    const lines = readFileSync(file, 'utf8').trimEnd().split('\n');
    return lines.map((line) => JSON.parse(line) as Failure);
  }

  telemetryOf(run: number): string {
    return join(this.path, 'telemetry', nameOf(run).replace('.json', ''));
  }

  /** In the order of their numbers. */
  *done(): Iterable<{ readonly record: SavedRun; readonly seal: Seal }> {
    const runs = join(this.path, 'runs');
    if (!existsSync(runs)) return;
    for (const name of readdirSync(runs).filter(isRun).sort())
      yield {
        record: this.#read(join(runs, name)) as SavedRun,
        seal: this.#read(join(this.path, 'labels', name)) as Seal,
      };
  }

  #read(file: string): unknown {
    return JSON.parse(readFileSync(file, 'utf8'));
  }

  /** Whole or not at all. */
  #write(name: string, data: unknown): void {
    const file = join(this.path, name);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(`${file}.part`, `${JSON.stringify(data)}\n`);
    renameSync(`${file}.part`, file);
  }
}

const nameOf = (run: number): string => `${String(run).padStart(4, '0')}.json`;
const isRun = (name: string): boolean => /^\d{4}[.]json$/.test(name);
