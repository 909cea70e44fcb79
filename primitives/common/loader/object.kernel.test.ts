import { readdirSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { NetverdictError } from '../errors/index.js';
import { native } from '../native/index.js';
import { codeOf, openFixture } from './fixture/fixture.js';
import { type BpfObject, readIterator } from './index.js';

const PACKET = new Uint8Array(64);

describe('BpfObject', () => {
  let object: BpfObject;
  beforeEach(() => void (object = openFixture()));
  afterEach(() => object.close());

  const run = (packet: Uint8Array): void => {
    native().programTestRun(object.program('fixture_ingress').fd, packet, 1);
  };
  const seen = (): number => {
    const { fd } = object.map('seen');
    return native().mapLookupBatch(fd, new Uint8Array(8 * 2048), new Uint8Array(16 * 2048)).count;
  };

  it('sets variables by name, which the program then obeys', () => {
    object.configure({ mark_length: 100, wide_setting: 2n ** 63n }).load();
    expect(object.variable('wide_setting')).toBe(2n ** 63n);
    run(PACKET);
    expect(seen()).toBe(0);
    run(new Uint8Array(100));
    expect(seen()).toBe(1);
  });

  it('refuses a value that does not fit and a name that does not exist', () => {
    expect(() => object.configure({ mark_length: 2 ** 32 })).toThrow('4294967296 does not fit');
    expect(() => object.configure({ no_such: 1 })).toThrow('no variable "no_such"');
  });

  it('sets the size of a map before the load', () => {
    object.maxEntries('seen', 64).load();
    expect(object.map('seen')).toMatchObject({ keySize: 8, valueSize: 16, maxEntries: 64 });
  });

  it('reports what the verifier refused, with its whole log as the cause', () => {
    object.autoload('fixture_rejected', true);
    try {
      object.load();
      expect.unreachable();
    } catch (error) {
      const { code, message, cause } = error as NetverdictError;
      expect(code).toBe('NV_LOAD_FAILED');
      expect(message).toMatch(/cannot load "fixture".*: .*(R\d|invalid)/);
      expect((cause as { log: string }).log).toContain('BEGIN PROG LOAD LOG');
    }
  });

  it('names the programs that are there when one is not', () => {
    object.load();
    expect(() => object.program('fixture_rejected')).toThrow('fixture_ingress');
  });

  it('looks up, updates and deletes entries, and refuses wrong sizes', () => {
    const { fd } = object.load().map('seen');
    const key = Uint8Array.of(9, 0, 0, 0, 0, 0, 0, 0);
    const value = new Uint8Array(16).fill(3);
    native().mapUpdate(fd, key, value);
    expect(native().mapLookup(fd, key, 16)).toEqual(value);
    expect(codeOf(() => native().mapLookup(fd, key, 8))).toBe('EINVAL');
    expect(codeOf(() => native().mapUpdate(fd, key.subarray(1), value))).toBe('EINVAL');
    expect(native().mapDelete(fd, key)).toBe(true);
    expect(native().mapDelete(fd, key)).toBe(false);
    expect(native().mapLookup(fd, key, 16)).toBeUndefined();
  });

  it('reads a map in one batch and says when it did not fit', () => {
    const { fd } = object.load().map('seen');
    native().programTestRun(object.program('fixture_ingress').fd, PACKET, 100);
    const values = new Uint8Array(16 * 2048);
    const all = native().mapLookupBatch(fd, new Uint8Array(8 * 2048), values);
    expect(all).toEqual({ count: 100, truncated: false });
    const lengths = new Uint32Array(values.buffer).filter((_, i) => i % 4 === 2 && i < 400);
    expect(new Set(lengths)).toEqual(new Set([64]));
    const part = native().mapLookupBatch(fd, new Uint8Array(8 * 10), new Uint8Array(16 * 10));
    expect(part.truncated).toBe(true);
    expect(part.count).toBeLessThanOrEqual(10);
  });

  it('opens a program by its id, and counts its runs while statistics are on', () => {
    const { fd } = object.load().program('fixture_ingress');
    const other = native().programOpen(native().programInfo(fd).id);
    const statistics = native().enableStatistics();
    native().programTestRun(fd, PACKET, 10);
    native().close(statistics);
    expect(native().programInfo(other).runCount).toBe(10n);
    expect(native().programInfo(other).runTimeNs).toBeGreaterThan(0n);
    native().close(other);
    expect(codeOf(() => native().programOpen(0))).toBe('ENOENT');
  });

  it('reads an iterator to its end', () => {
    const parts = [...readIterator(object.load().program('fixture_tasks').fd)];
    const pids = [...new Uint32Array(new Uint8Array(Buffer.concat(parts)).buffer)];
    expect(pids).toEqual(expect.arrayContaining(readdirSync('/proc/self/task').map(Number)));
  });
});
