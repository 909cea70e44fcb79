import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { provenance } from '../../results/provenance.js';
import { LOSS, record } from '../fixture.js';
import { MatrixFolder } from './folder.js';
import { planRuns } from './plan.js';

let path: string;
beforeEach(() => (path = mkdtempSync(join(tmpdir(), 'matrix-'))));
afterEach(() => rmSync(path, { recursive: true }));

const fault = { id: 'x', title: '', label: LOSS.label, inject: () => Promise.reject(new Error()) };
const make = (seed: number) => planRuns(seed, [fault, fault], [], () => []);

describe('the folder of a matrix', () => {
  it('goes on with the plan and seed that it began with', () => {
    const first = new MatrixFolder(path).plan(7, make);
    expect(new MatrixFolder(path).plan(undefined, make)).toEqual(first);
    expect(() => new MatrixFolder(path).plan(8, make)).toThrow('--seed 7');
  });

  it('knows which runs are done, and keeps what was seen apart from what it was', () => {
    const folder = new MatrixFolder(path);
    const { runs } = folder.plan(7, make);
    const saved = { ...record(true, []), made: { ...provenance('matrix'), seed: 7 } };
    folder.save(saved, LOSS);
    expect(runs.map((planned) => folder.isDone(planned))).toEqual([true, false]);
    expect([...folder.done()]).toEqual([{ record: saved, seal: LOSS }]);
    expect(JSON.stringify(saved)).not.toContain('packet_loss');
    expect(readdirSync(path).sort()).toEqual(['labels', 'plan.json', 'runs']);
  });

  it('keeps what failed, and has it still to do', () => {
    const folder = new MatrixFolder(path);
    const [first] = folder.plan(7, make).runs;
    if (first) folder.fail(first, 'the analyzer ended with 1');
    expect(folder.failures()).toEqual([{ run: 1, reason: 'the analyzer ended with 1' }]);
    expect(first && folder.isDone(first)).toBe(false);
  });
});
