import { describe, expect, it } from 'vitest';
import { autoregressive, normal, type Source, uniform } from './fixture.js';
import { REFERENCE, ShiftTests, WARM_UP } from './shift-tests.js';
import { shiftThreshold } from './threshold.js';

const SAMPLES = 10;

/** The wanted run over the one that a source of healthy values had: 2 is twice the false alarms wanted. */
function excessAlarms(source: Source, wanted: number, tests: number, observations: number): number {
  const threshold = shiftThreshold(wanted, REFERENCE);
  let alarms = 0;
  let judged = 0;
  for (let n = 0; n < tests; n++) {
    const shifts = new ShiftTests(1);
    const test = shifts.open();
    for (let at = 0; at < observations; at++) {
      shifts.observe(test, source(), SAMPLES, threshold, at);
      if (shifts.isRunning(test)) judged++;
      if (shifts.score(test) <= threshold) continue;
      alarms++;
      shifts.calm(test);
    }
  }
  return (wanted * alarms) / judged;
}

/** Log of the mean sojourn of 40 customers of one server. */
function queue(next: Source, load: number): Source {
  const exponential = (): number => -Math.log(1 - next());
  let waits = 0;
  return () => {
    let sum = 0;
    for (let n = 0; n < 40; n++) {
      waits = Math.max(0, waits + load * exponential() - exponential());
      sum += waits + 1;
    }
    return Math.log(sum / 40);
  };
}

/** Phases of load of 20 observations on average, three spreads apart. */
function phases(next: Source): Source {
  const noise = normal(next);
  let busy = false;
  let left = 0;
  return () => {
    if (left-- <= 0) {
      busy = !busy;
      left = Math.floor(-20 * Math.log(1 - next()));
    }
    return (busy ? 1.5 : 0) + 0.5 * noise();
  };
}

describe('false alarms against those wanted, one in 5000 observations', () => {
  const next = uniform(7);
  const noise = normal(next);
  const cases: [string, Source][] = [
    ['normal', noise],
    ['exponential, skewed', () => -Math.log(1 - next())],
    ['Pareto 1.5, infinite variance', () => (1 - next()) ** (-1 / 1.5)],
    ['Cauchy, no mean', () => Math.tan(Math.PI * (next() - 0.5))],
    ['bimodal', () => (next() < 0.1 ? 3 : 0) + 0.2 * noise()],
    ['autocorrelated 0.3', autoregressive(next, 0.3)],
    ['autocorrelated 0.5', autoregressive(next, 0.5)],
    ['autocorrelated 0.7', autoregressive(next, 0.7)],
    ['autocorrelated 0.9', autoregressive(next, 0.9)],
    ['phases of load', phases(next)],
    ['queue at half load', queue(next, 0.5)],
  ];
  it.each(cases)('%s: less than two and a half times as many', (_, source) => {
    expect(excessAlarms(source, 5000, 20, 15_000)).toBeLessThan(2.5);
  });

  it('a queue at 85 % load: more than wanted, known and bounded', () => {
    const excess = excessAlarms(queue(next, 0.85), 5000, 20, 15_000);
    expect(excess).toBeGreaterThan(2);
    expect(excess).toBeLessThan(15);
  });
});

it('a young flow: alarms in its first fifty seconds, none of 400 unless strongly autocorrelated', () => {
  const next = uniform(3);
  const threshold = shiftThreshold(1e7, REFERENCE);
  const alarmed = (source: () => Source): number => {
    let flows = 0;
    for (let n = 0; n < 400; n++) {
      const shifts = new ShiftTests(1);
      const test = shifts.open();
      const values = source();
      let most = 0;
      for (let at = 0; at < 100; at++) {
        shifts.observe(test, values(), SAMPLES, threshold, at);
        most = Math.max(most, shifts.score(test));
      }
      if (most > threshold) flows++;
    }
    return flows;
  };
  expect(alarmed(() => normal(next))).toBe(0);
  expect(alarmed(() => () => (1 - next()) ** (-1 / 1.5))).toBe(0);
  expect(alarmed(() => autoregressive(next, 0.5))).toBeLessThanOrEqual(2);
  expect(alarmed(() => autoregressive(next, 0.9))).toBeLessThan(0.15 * 400);
});

describe('one test', () => {
  const threshold = shiftThreshold(1e7, REFERENCE);

  function trained(
    observations = 200,
    seed = 1,
  ): { shifts: ShiftTests; test: number; noise: Source } {
    const shifts = new ShiftTests(1);
    const test = shifts.open();
    const noise = normal(uniform(seed));
    for (let n = 0; n < observations; n++) shifts.observe(test, noise(), SAMPLES, threshold, n);
    return { shifts, test, noise };
  }

  it('finds a shift of two deviations within twenty observations, of three within fifteen, of six within eight', () => {
    for (const [shift, within] of [
      [2, 20],
      [3, 15],
      [6, 8],
    ] as const) {
      const delays = Array.from({ length: 21 }, (_, seed) => {
        const { shifts, test, noise } = trained(200, seed);
        let n = 0;
        for (; n < 100 && shifts.score(test) <= threshold; n++)
          shifts.observe(test, noise() + shift, SAMPLES, threshold, 200 + n);
        expect(shifts.begun(test)).toBeGreaterThan(190);
        return n;
      }).sort((a, b) => a - b);
      expect(delays[10]).toBeLessThanOrEqual(within);
    }
  });

  it('finds a ramp that its baseline could follow step by step', () => {
    const { shifts, test, noise } = trained();
    let n = 0;
    for (; n < 100 && shifts.score(test) <= threshold; n++)
      shifts.observe(test, noise() + n / 15, SAMPLES, threshold, n);
    expect(n).toBeLessThan(50);
  });

  it('keeps its baseline while a shift lasts, and takes it for normal after a minute', () => {
    const { shifts, test, noise } = trained();
    const shifted = (observations: number): void => {
      for (let n = 0; n < observations; n++)
        shifts.observe(test, noise() + 5, SAMPLES, threshold, n);
    };
    shifted(100);
    expect(shifts.baseline(test)).toBeLessThan(0.5);
    expect(shifts.level(test)).toBeGreaterThan(4);
    shifted(80 + WARM_UP);
    expect(shifts.score(test)).toBeLessThan(threshold);
    expect(shifts.baseline(test)).toBeGreaterThan(4);
  });

  it('does not take the wider scatter of fewer samples for a shift', () => {
    const alarms = (samples: number): number => {
      let raised = 0;
      for (let seed = 0; seed < 20; seed++) {
        const { shifts, test, noise } = trained(300, seed);
        for (let n = 0; n < 300; n++) {
          shifts.observe(test, 4 * noise(), samples, threshold, n);
          if (shifts.score(test) > threshold) {
            raised++;
            shifts.calm(test);
          }
        }
      }
      return raised;
    };
    expect(alarms(SAMPLES)).toBeGreaterThan(0);
    expect(alarms(SAMPLES / 16)).toBe(0);
  });

  it('does not blame a flow for waiting behind what it sends more than before', () => {
    const { shifts, test, noise } = trained();
    for (let n = 0; n < 60; n++) shifts.observe(test, noise() + 5, 8 * SAMPLES, threshold, n);
    expect(shifts.score(test)).toBe(0);
  });

  it('counts those that run, and forgets what is closed', () => {
    const { shifts, test } = trained();
    expect(shifts.running).toBe(1);
    expect(shifts.open()).toBe(-1);
    shifts.close(test);
    expect(shifts.running).toBe(0);
    expect(shifts.isRunning(shifts.open())).toBe(false);
  });
});
