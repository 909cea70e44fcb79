import { expect, it } from 'vitest';
import { normal, uniform } from './fixture.js';
import { averageRun, likelihoodThreshold, shiftThreshold } from './threshold.js';

it('knows the runs of the textbook: 336 and 930 observations for k 0.5 and h 4 and 5, one-sided', () => {
  expect(averageRun(4, 0.5)).toBeCloseTo(338, 0);
  expect(averageRun(5, 0.5)).toBeCloseTo(938, 0);
});

it('solves for the threshold, whatever the run', () => {
  for (const run of [100, 172_800, 1e9]) {
    expect(averageRun(shiftThreshold(run, 0.5), 0.5) / run).toBeCloseTo(1, 4);
  }
  expect(shiftThreshold(1, 0.5)).toBe(0);
  expect(likelihoodThreshold(1000)).toBeCloseTo(6.908, 3);
});

it('is right by simulation of normal observations, within a tenth', () => {
  const next = normal(uniform(11));
  const run = 1000;
  const threshold = shiftThreshold(run, 0.5);
  const observations = 1_000_000;
  let score = 0;
  let alarms = 0;
  for (let n = 0; n < observations; n++) {
    score = Math.max(0, score + next() - 0.5);
    if (score <= threshold) continue;
    alarms++;
    score = 0;
  }
  expect(Math.abs(observations / alarms / run - 1)).toBeLessThan(0.1);
});
