import { expect, it } from 'vitest';
import { Script } from '../../experiments/reference/fixture.js';
import type { AnalysedFrame } from '../../experiments/capture/tshark.js';
import { distribution, type KindResult, resultOf, type SampleError } from './errors.js';
import { judge, Readings } from './judge.js';
import type { Sample } from './measure.js';
import type { TrafficKind } from './traffic/kinds.js';

const KIND: TrafficKind = {
  ...{ id: 'k', title: 'k', path: { offloads: true }, mode: 'rpc', flows: 1, seconds: 1 },
};
const FIRST_DATA = 4;

/** Two round trips of 300 µs; tshark pairs the first. */
const frames: AnalysedFrame[] = new Script()
  .data(100, 0, 500)
  .ack(400, 500)
  .data(40_000, 500, 500)
  .ack(40_300, 1000)
  .frames.map((frame) => {
    const paired = frame.number === FIRST_DATA + 1;
    return {
      ...frame,
      acksFrame: paired ? FIRST_DATA : undefined,
      ackRttNs: paired ? 300e3 : undefined,
    };
  });

const sample = (atUs: number, mark: number, turnaroundUs: number, closingAck: number): Sample => ({
  src: '10.0.0.1:1000',
  dst: '10.0.0.2:2000',
  startNs: BigInt(atUs * 1000),
  turnaroundNs: turnaroundUs * 1000,
  mark,
  closingAck,
  class: 'exact',
  piggyback: false,
});

function resultFor(samples: Sample[], kind = KIND, counted = 0): KindResult {
  const captured = { originNs: 0n, frames };
  const measured = {
    ...{ place: 'p', file: '', captured, samples },
    counted: new Map([['10.0.0.1:1000 > 10.0.0.2:2000', counted]]),
  };
  const readings = new Readings(captured);
  return resultOf(kind, [
    { ...measured, readings, judged: judge(measured, readings), tcptrace: [] },
  ]);
}

it('the error is what the monitor has beyond the oracle, by tshark where it pairs data and ACK', () => {
  const { all, errors, byTshark, wrong, coverage } = resultFor([
    sample(100, 1, 298, 501),
    sample(40_000, 501, 307, 1001),
  ]);
  expect(all.map(({ errorNs }) => errorNs)).toEqual([-2000, 7000]);
  expect(all.map((error) => error.byTshark)).toEqual([true, false]);
  expect(errors).toMatchObject({ count: 2, p99: 7, max: 7 });
  expect({ byTshark, wrong, missing: coverage.missing }).toEqual({
    ...{ byTshark: 1, wrong: 0, missing: 0 },
  });
});

it('a sample of another ACK is wrong and enters no distribution', () => {
  const { errors, wrong } = resultFor([sample(100, 1, 298, 502)]);
  expect({ count: errors.count, wrong }).toEqual({ count: 0, wrong: 1 });
});

it('a round trip without a sample is missing; beyond the budget the counter must tell of it', () => {
  expect(resultFor([sample(100, 1, 298, 501)]).coverage).toMatchObject({ trips: 2, missing: 1 });
  const busy = { ...KIND, beyondBudget: true };
  expect(resultFor([], busy, 1).coverage).toMatchObject({ missing: 1, by: 'counters' });
  expect(resultFor([], busy, 2).coverage).toMatchObject({ missing: 0 });
});

it('a distribution is of absolute values', () => {
  const errors = [-4000, 1000, 2000].map((errorNs) => ({ errorNs }) as SampleError);
  expect(distribution(errors)).toEqual({ count: 3, p50: 2, p90: 4, p99: 4, max: 4 });
  expect(distribution([]).p50).toBeNull();
});
