import { describe, expect, it } from 'vitest';
import { A_TO_B, Script } from './fixture.js';
import { type Reading, readMarks } from './marks.js';
import { passagesOf } from './passages.js';

const read = (script: Script): Reading[] => readMarks(passagesOf(script.frames, A_TO_B));
const marksOf = (script: Script): Reading[] => read(script).filter(({ kind }) => kind !== 'other');
const spoilers = (script: Script): (string | undefined)[] =>
  read(script).map(({ spoiledBy }) => spoiledBy);

const MARK = 2 ** 14;

describe('byte marks', () => {
  it('run from the frame that holds the byte to the first ACK beyond it', () => {
    const [reading] = marksOf(new Script().data(100, 0, 500).ack(400, 500));
    expect(reading).toMatchObject({ mark: 1, kind: 'first', class: 'exact', closingAck: 501 });
    expect(reading).toMatchObject({ startNs: 100e3, turnaroundNs: 300e3, frame: 4 });
    expect(reading).toMatchObject({ piggyback: false, spoiledBy: undefined, disturbed: false });
  });

  it('are the multiples of 2^14, as many as a super-packet holds', () => {
    const readings = marksOf(new Script(100).data(10, 0, 60_000).ack(20, 60_000));
    expect(readings.map(({ mark }) => mark)).toEqual([100, MARK, 2 * MARK, 3 * MARK]);
  });

  it('are the first byte of a turn and after 20 ms, but not of each packet that finds all acknowledged', () => {
    const script = new Script()
      .data(10, 0, 100)
      .ack(20, 100)
      .data(30, 100, 100)
      .ack(40, 200, { answer: 50 })
      .data(50, 200, 100)
      .ack(60, 300)
      .data(40_000, 300, 100)
      .ack(40_010, 400);
    expect(read(script).map(({ kind }) => kind)).toEqual(['first', 'other', 'first', 'first']);
    expect(read(script)[1]).toMatchObject({ piggyback: true });
  });

  it('are doubtful after a silence of nearly 20 ms', () => {
    const script = new Script()
      .data(10, 0, 100)
      .ack(20, 100)
      .data(18_000, 100, 100)
      .ack(18_010, 200);
    expect(read(script)[1]).toMatchObject({ kind: 'perhaps' });
  });

  it.each([
    { acked: 500, is: 'exact' },
    { acked: 700, is: 'cumulative' },
    { acked: 200, is: 'partial' },
  ])('closed by $acked bytes of a frame of 500 are $is', ({ acked, is }) => {
    const [first] = read(new Script().data(10, 0, 500).data(11, 500, 500).ack(20, acked));
    expect(first).toMatchObject({ class: is });
  });

  it('go on counting where sequence numbers wrap', () => {
    const script = new Script(2 ** 32 - 100).data(10, 0, 300).ack(20, 300);
    expect(marksOf(script)).toMatchObject([
      { mark: 2 ** 32 - 100, closingAck: 2 ** 32 + 200, class: 'exact' },
      { mark: 2 ** 32, closingAck: 2 ** 32 + 200, class: 'exact' },
    ]);
  });
});

describe('a reading is spoiled', () => {
  it('when a byte of its frame is sent again', () => {
    expect(spoilers(new Script().data(10, 0, 500).data(20, 0, 500).ack(30, 500))).toEqual([
      'resent',
    ]);
  });

  it('when a frame before its own is sent again', () => {
    const script = new Script().data(10, 0, 500).data(11, 500, 500).data(20, 0, 500).ack(30, 1000);
    expect(spoilers(script)).toEqual(['resent', 'resent']);
  });

  it('by a hole at its end, not by one beyond, which disturbs it all the same', () => {
    const script = new Script().data(10, 0, 500).data(11, 500, 500).data(12, 1500, 500);
    expect(read(script.ack(20, 1000))).toMatchObject([
      { spoiledBy: undefined, disturbed: true },
      { spoiledBy: 'hole', disturbed: true },
    ]);
  });

  it('by a SACK, even that of its closing ACK, but not by a D-SACK', () => {
    const script = new Script().data(10, 0, 500).data(11, 500, 500).data(12, 1000, 500);
    expect(spoilers(script.ack(20, 500, { sackFrom: 1000 }))).toEqual(['sack']);
    const duplicate = new Script().data(10, 0, 500).ack(20, 500, { sackFrom: 0 });
    expect(spoilers(duplicate)).toEqual([undefined]);
  });

  it('when sent before all is acknowledged that was sent before the disturbance', () => {
    const script = new Script()
      .data(10, 0, 500)
      .data(20, 0, 500)
      .data(30, 500, 500)
      .ack(40, 500)
      .data(50, 1000, 500)
      .ack(60, 1500);
    expect(spoilers(script)).toEqual(['resent', 'recovery', undefined]);
  });

  it('not by a re-send of what was acknowledged when nothing was outstanding', () => {
    const script = new Script().data(10, 0, 500).ack(20, 500).data(30, 0, 500).data(40, 500, 500);
    expect(spoilers(script.ack(50, 1000))).toEqual([undefined, undefined]);
  });
});
