import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { artifact } from '../artifacts.js';
import { LAYOUTS } from './gen/layout.js';

interface BtfType {
  readonly kind: string;
  readonly name: string;
  readonly size?: number;
  readonly members?: readonly { readonly name: string; readonly bits_offset: number }[];
}

const BUILT = artifact('build/bpf');
const OBJECTS = existsSync(BUILT)
  ? readdirSync(BUILT).filter((file) => file.endsWith('.bpf.o'))
  : [];
const RECORDS = new Map(Object.values(LAYOUTS).map((layout) => [layout.struct as string, layout]));

/** The record structs of which the compiler left a description in the object. */
function records(path: string): BtfType[] {
  const output = execFileSync('bpftool', ['-j', 'btf', 'dump', 'file', path, 'format', 'raw'], {
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
  const { types } = JSON.parse(output) as { types: BtfType[] };
  return types.filter(({ kind, name }) => kind === 'STRUCT' && RECORDS.has(name));
}

function expectDecoderLayout({ name, size, members = [] }: BtfType): void {
  const layout = RECORDS.get(name);
  const fields: Readonly<Record<string, { readonly offset: number }>> = layout?.fields ?? {};
  expect({ name, size }).toEqual({ name, size: layout?.size });
  const found = members
    .filter((member) => !/^pad\d+$/.test(member.name))
    .map((member) => [member.name, member.bits_offset / 8]);
  const expected = Object.entries(fields).map(([field, { offset }]) => [field, offset]);
  expect(found).toEqual(expected);
}

/** An object that uses every record, since a ring buffer's record leaves no BTF in the real ones. */
function objectOfAllRecords(folder: string): string {
  const users = [...RECORDS.keys()].map((struct) => `struct ${struct} *use_${struct};`);
  const source = join(folder, 'records.c');
  writeFileSync(source, ['#include "records.h"', ...users, ''].join('\n'));
  const object = join(folder, 'records.o');
  const include = `-I${artifact('primitives/common/schema/gen')}`;
  const kernelTypes = ['-include', join(BUILT, 'vmlinux.h')];
  const flags = ['-target', 'bpf', '-g', '-O2', ...kernelTypes, include];
  execFileSync('clang-19', [...flags, '-c', source, '-o', object]);
  return object;
}

describe.runIf(OBJECTS.length > 0)('BTF', () => {
  it('of every record is what the decoder reads', () => {
    const folder = mkdtempSync(join(tmpdir(), 'nvt-btf-'));
    try {
      const found = records(objectOfAllRecords(folder));
      expect(found.map(({ name }) => name).sort()).toEqual([...RECORDS.keys()].sort());
      found.forEach(expectDecoderLayout);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it.each(OBJECTS)('of %s agrees', (object) => {
    records(join(BUILT, object)).forEach(expectDecoderLayout);
  });
});
