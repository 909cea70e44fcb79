import { readdirSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { native } from '../native/index.js';
import { codeOf, openFixture, RECORD_BYTES } from './fixture/fixture.js';
import { type BpfObject, EventRing } from './index.js';

const PACKET = new Uint8Array(64);
const threads = (): number => readdirSync('/proc/self/task').length;

describe('EventRing', () => {
  let object: BpfObject;
  let ring: EventRing;
  beforeEach(() => {
    object = openFixture().load();
    ring = new EventRing(object.map('events').fd, 10 * RECORD_BYTES + 7);
  });
  afterEach(() => object.close());

  const emit = (count: number): void => {
    native().programTestRun(object.program('fixture_ingress').fd, PACKET, count);
  };
  const sequencesOf = (bytes: Uint8Array): bigint[] =>
    [...new BigUint64Array(bytes.slice().buffer)].filter((_, i) => i % 2 === 0);

  it('drains whole records in order, as many as fit', () => {
    emit(25);
    const batches = [ring.drain(), ring.drain(), ring.drain(), ring.drain()].map(
      ({ length }) => length / RECORD_BYTES,
    );
    expect(batches).toEqual([10, 10, 5, 0]);
    emit(3);
    expect(sequencesOf(ring.drain())).toEqual([25n, 26n, 27n]);
    ring.close();
  });

  it('counts what did not fit into a full ring, and goes on after a drain, across the wrap', () => {
    const fits = Math.floor((64 * 1024) / (RECORD_BYTES + 8));
    emit(fits + 500);
    expect(object.variable('dropped_records')).toBeGreaterThanOrEqual(499n);
    let records = 0;
    for (let bytes = ring.drain(); bytes.length > 0; bytes = ring.drain()) {
      records += bytes.length / RECORD_BYTES;
    }
    expect(BigInt(records) + object.variable('dropped_records')).toBe(BigInt(fits + 500));
    emit(5);
    const after = BigInt(fits + 500);
    expect(sequencesOf(ring.drain())).toEqual([0n, 1n, 2n, 3n, 4n].map((i) => after + i));
    ring.close();
  });

  it('wakes once until the next drain, then again for what is left and for what comes', async () => {
    let wakes = 0;
    ring.onData(() => void wakes++);
    emit(15);
    await delay(30);
    emit(5);
    await delay(30);
    expect(wakes).toBe(1);
    expect(ring.drain().length / RECORD_BYTES).toBe(10);
    await delay(30);
    expect(wakes).toBe(2);
    ring.drain();
    await delay(30);
    expect(wakes).toBe(2);
    emit(1);
    await delay(30);
    expect(wakes).toBe(3);
    ring.close();
  });

  it('takes one listener, ends its thread at close, and cannot be used or closed again', () => {
    const before = threads();
    ring.onData(() => {});
    expect(threads()).toBe(before + 1);
    expect(codeOf(() => ring.onData(() => {}))).toBe('EBUSY');
    ring.close();
    expect(threads()).toBe(before);
    expect(codeOf(() => ring.drain())).toBe('NV_CLOSED');
    expect(codeOf(() => ring.close())).toBe('NV_CLOSED');
  });
});
