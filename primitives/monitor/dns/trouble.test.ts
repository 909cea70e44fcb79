import { describe, expect, it } from 'vitest';
import { batchFromRows, type Row } from '../../common/schema/columns.js';
import { DnsTrouble } from './trouble.js';

const MS = 1_000_000n;
const START = 1_000_000n * MS;

const exchange = (more: Row): Row => ({
  ...{
    host: 'h',
    name: '',
    query_ns: START,
    wait_ns: 0n,
    answer_ns: 0n,
    tap_role: 'pod',
    ifindex: 3,
  },
  ...{ src: '10.0.0.1', dst: '10.0.0.53', src_port: 5000, dst_port: 53, protocol: 17, rcode: 0 },
  ...{ state: 'answered', truncated: 0, transaction_id: 1, query_type: 1, answer_records: 1 },
  ...{ answer_bytes: 50, repeats: 0, ...more },
});
const answered = (ms: bigint, more: Row = {}): Row =>
  exchange({ wait_ns: ms * MS, answer_ns: ms * MS, ...more });

/** One sweep, so long after the start; who waits asked at `query_ns`. */
function sweep(trouble: DnsTrouble, ms: bigint, ended: Row[], waiting: Row[] = []): Row[] {
  const asked = BigUint64Array.from(waiting, (row) => row['query_ns'] as bigint);
  const batch = (rows: Row[]) => batchFromRows('dns_exchange', rows);
  return trouble.find(batch(ended), batch(waiting), asked, START + ms * MS);
}
const kinds = (alerts: Row[]): unknown[] => alerts.map((alert) => alert['kind']);

describe('a query that waits', () => {
  const waiting = [exchange({ state: 'waiting' })];

  it('is an alert after 0.4 s, again every 2 s, and none once its resolver has given up', () => {
    const trouble = new DnsTrouble('h');
    const at = (ms: bigint): number => sweep(trouble, ms, [], waiting).length;
    expect([399n, 400n, 900n, 2399n, 2400n, 4400n, 5100n, 9000n].map(at)).toEqual([
      0, 1, 0, 0, 1, 1, 0, 0,
    ]);
  });

  it('is given more time by a server that is usually slow, but no more than a second', () => {
    const usually = (ms: bigint): DnsTrouble => {
      const trouble = new DnsTrouble('h');
      sweep(trouble, 0n, Array<Row>(20).fill(answered(ms)));
      return trouble;
    };
    expect(sweep(usually(90n), 700n, [], waiting)).toEqual([]);
    expect(sweep(usually(90n), 721n, [], waiting)[0]).toMatchObject({ threshold: 720n * MS });
    expect(sweep(usually(300n), 1001n, [], waiting)[0]).toMatchObject({ threshold: 1000n * MS });
  });

  it('is one alert for a server, however many wait', () => {
    const other = exchange({ state: 'waiting', dst: '10.0.0.54' });
    const alerts = sweep(new DnsTrouble('h'), 500n, [], [...waiting, ...waiting, other]);
    expect(alerts.map((alert) => alert['dst'])).toEqual(['10.0.0.53', '10.0.0.54']);
  });
});

it('tells of queries that were repeated or could not be delivered', () => {
  const find = (row: Row): unknown[] => kinds(sweep(new DnsTrouble('h'), 500n, [row]));
  expect(find(answered(300n, { repeats: 1 }))).toEqual(['dns_unanswered']);
  expect(find(exchange({ state: 'unreachable' }))).toEqual(['dns_unanswered']);
  expect(find(answered(300n, { rcode: 3 }))).toEqual([]);
});

describe('a slow server', () => {
  const warm = (): DnsTrouble => {
    const trouble = new DnsTrouble('h');
    sweep(trouble, 0n, Array<Row>(20).fill(answered(2n)));
    return trouble;
  };

  it('is an alert when answer after answer takes far longer than usual', () => {
    const alerts = sweep(warm(), 500n, [answered(200n), answered(210n), answered(220n)]);
    expect(alerts).toEqual([
      expect.objectContaining({ kind: 'dns_slow', observed: 220n * MS, threshold: 50n * MS }),
    ]);
  });

  it('is not one that has to look a name up now and then', () => {
    const mixed = [answered(200n), answered(2n), answered(180n), answered(2n), answered(2n)];
    const trouble = warm();
    for (let ms = 0n; ms < 5000n; ms += 500n) expect(sweep(trouble, ms, mixed)).toEqual([]);
  });

  it('is not one that has always been so, nor one that has hardly been asked', () => {
    const trouble = new DnsTrouble('h');
    for (let ms = 0n; ms < 5000n; ms += 500n)
      expect(sweep(trouble, ms, [answered(150n), answered(170n)])).toEqual([]);
    expect(
      sweep(
        new DnsTrouble('h'),
        0n,
        [1n, 1n, 90n, 90n, 90n].map((ms) => answered(ms)),
      ),
    ).toEqual([]);
  });
});
