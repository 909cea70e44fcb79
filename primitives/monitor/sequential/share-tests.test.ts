import { expect, it } from 'vitest';
import { poisson, type Source, uniform } from './fixture.js';
import { ShareTests } from './share-tests.js';
import { likelihoodThreshold } from './threshold.js';

const RULE = { usual: 0.001, priorTrials: 1000, growth: 0.005 };

/** Events that come in bursts of 20 on average. */
const bursts = (next: Source, mean: number): number => {
  let events = 0;
  for (let burst = poisson(next, mean / 20); burst > 0; burst--)
    events += 1 + Math.floor(Math.log(1 - next()) / Math.log(0.95));
  return events;
};

/** The wanted run over the one of a share that never changes. */
function excessAlarms(
  events: (next: Source, mean: number) => number,
  trials: number,
  share: number,
  wanted: number,
): number {
  const next = uniform(3);
  const threshold = likelihoodThreshold(wanted);
  let alarms = 0;
  let judged = 0;
  for (let n = 0; n < 10; n++) {
    const tests = new ShareTests(RULE, 1);
    const test = tests.open();
    for (let at = 0; at < 20_000; at++) {
      const seen = Math.min(trials, events(next, trials * share));
      tests.observe(test, seen, trials, threshold, at);
      if (tests.isRunning(test)) judged++;
      if (tests.score(test) <= threshold) continue;
      alarms++;
      tests.calm(test);
    }
  }
  return (wanted * alarms) / judged;
}

it.each([70, 600])(
  'raises fewer than twice the wanted false alarms at %d segments a sweep',
  (trials) => {
    for (const share of [0.0001, 0.001, 0.01, 0.05]) {
      expect(excessAlarms(poisson, trials, share, 5000)).toBeLessThan(2);
      expect(excessAlarms(bursts, trials, share, 5000)).toBeLessThan(2);
    }
  },
);

it('finds a new loss of two percent within ten seconds, and says since when and how many', () => {
  const next = uniform(5);
  const threshold = likelihoodThreshold(1e7);
  const tests = new ShareTests(RULE, 1);
  const test = tests.open();
  for (let n = 0; n < 100; n++) tests.observe(test, poisson(next, 0.007), 70, threshold, n);
  expect(tests.score(test)).toBeLessThan(threshold);
  let n = 100;
  for (; n < 200 && tests.score(test) <= threshold; n++)
    tests.observe(test, poisson(next, 1.4), 70, threshold, n);
  expect(n).toBeLessThanOrEqual(120);
  expect(tests.begun(test)).toBeGreaterThanOrEqual(95);
  expect(tests.events(test)).toBeGreaterThan(2 * tests.tolerated(test));
});

it('takes no single burst for a new share', () => {
  const tests = new ShareTests(RULE, 1);
  const test = tests.open();
  for (let n = 0; n < 100; n++) tests.observe(test, 0, 70, 16, n);
  tests.observe(test, 60, 70, 16, 100);
  expect(tests.score(test)).toBeLessThanOrEqual(4);
});
