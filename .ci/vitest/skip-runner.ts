import type { RunnerTask } from 'vitest';
import { TestRunner } from 'vitest';

/** Runs a tier that cannot run here: its tests are collected and reported as skipped, no hook runs. */
export default class SkipRunner extends TestRunner {
  onCollected(files: readonly RunnerTask[]): void {
    for (const file of files) skip(file);
  }
}

function skip(task: RunnerTask): void {
  task.mode = 'skip';
  if ('tasks' in task) for (const child of task.tasks) skip(child);
}
