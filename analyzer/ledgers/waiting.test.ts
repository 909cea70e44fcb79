import { expect, it } from 'vitest';
import { directionOf, marks, observationsOf } from './fixtures.js';
import { covered, waiting } from './waiting.js';

it('counts overlapping stretches once', () => {
  expect(
    covered(0, 100, [
      { start: 10, end: 50 },
      { start: 30, end: 60 },
      { start: 90, end: 200 },
    ]),
  ).toBe(60);
});

it('charges only waits on the pod’s host within the late marks', () => {
  const late = marks(1, { pod: 10_000 });
  const from = late[0]?.bp_ns ?? 0;
  const wait = { kind: 'wait', pid: 7, comm: 'server', cgroup: null, netns: 0 };
  const observations = observationsOf([directionOf()], {
    waits: [
      { ...wait, host: 'b', start_ns: from - 1_000_000, end_ns: from + 6_000_000 },
      { ...wait, host: 'a', start_ns: from, end_ns: from + 10_000_000 },
    ],
  });
  expect(waiting(late, 'b', '10.2.0.2', observations)).toMatchObject({
    lateUs: 10_000,
    runnableUs: 6000,
    throttledUs: 0,
    threads: ['server/7'],
  });
});
