import { expect, it } from 'vitest';
import { batchFromRows, type ColumnBatch, fieldsOf } from '../common/schema/columns.js';
import { FlowEnds } from './flow-ends.js';

const FLOW = { src: '10.0.0.1', src_port: 40000, dst: '10.0.0.2', dst_port: 80, protocol: 6 };
const BACK = { src: '10.0.0.2', src_port: 80, dst: '10.0.0.1', dst_port: 40000, protocol: 6 };

const EMPTY = Object.fromEntries(
  Object.entries(fieldsOf('flow_interval')).map(([name, { type }]) => [
    name,
    type.kind === 'histogram' ? new Uint32Array(type.length) : 0,
  ]),
);
const rows = (...changed: object[]): ColumnBatch =>
  batchFromRows(
    'flow_interval',
    changed.map((row) => ({ ...EMPTY, ...row })),
  );

it('takes a connection for over when both ends have sent a FIN, not before', () => {
  const ends = new FlowEnds();
  ends.heed(rows({ ...FLOW, fins: 2 }));
  expect(ends.overSince(FLOW)).toBeUndefined();
  ends.heed(rows({ ...BACK, src_port: 81, fins: 1 }));
  expect(ends.overSince(FLOW)).toBeUndefined();
  ends.heed(rows({ ...BACK, fins: 1 }));
  expect(ends.overSince(FLOW)).toBe(ends.overSince(BACK));
  expect(ends.overSince(FLOW)).toEqual(expect.any(Number));
});

it('takes an RST of either end for the end, until the ports are used again', () => {
  const ends = new FlowEnds();
  ends.heed(rows({ ...BACK, resets: 1 }));
  expect(ends.overSince(FLOW)).toEqual(expect.any(Number));
  ends.heed(rows({ ...FLOW, syns: 1 }));
  expect(ends.overSince(FLOW)).toBeUndefined();
});

it('forgets the oldest end of very many', () => {
  const ends = new FlowEnds();
  ends.heed(rows({ ...FLOW, resets: 1 }));
  for (let n = 0; n < 9; n++)
    ends.heed(
      rows(
        ...Array.from({ length: 1000 }, (_, port) => ({
          ...{ ...FLOW, src: `10.1.0.${n}`, src_port: port, resets: 1 },
        })),
      ),
    );
  expect(ends.overSince(FLOW)).toBeUndefined();
});
