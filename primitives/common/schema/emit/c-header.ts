import type { Field, FieldType, ScalarType } from '../fields.js';
import { LATENCY_BUCKETS, STREAMS } from '../streams.js';
import { type Member, structLayout, type StructLayout } from '../struct-layout.js';

const C_SCALAR: Readonly<Record<ScalarType, string>> = {
  u8: '__u8',
  u16: '__u16',
  u32: '__u32',
  u64: '__u64',
  i32: '__s32',
  i64: '__s64',
  f64: 'double',
};

/** `records.h`: the structs that the kernel fills, for eBPF (after vmlinux.h) and for user space. */
export function cHeader(): string {
  const layouts = STREAMS.map((stream) => structLayout(stream)).filter(
    (layout) => layout !== undefined,
  );
  return [
    '/* SPDX-License-Identifier: Apache-2.0 */',
    '/* Generated from primitives/common/schema/streams.ts by `npm run generate`. Do not edit. */',
    '#ifndef NETVERDICT_RECORDS_H',
    '#define NETVERDICT_RECORDS_H',
    '',
    '#ifndef __VMLINUX_H__',
    '#include <linux/types.h>',
    '#endif',
    '',
    `#define NV_LATENCY_BUCKETS ${LATENCY_BUCKETS}`,
    '',
    ...enums(),
    ...layouts.flatMap(struct),
    '#endif',
    '',
  ].join('\n');
}

/** Those that only the agent's columns have, too: the kernel may keep them in records of its own. */
function enums(): string[] {
  const byName = new Map<string, readonly string[]>();
  for (const { agent, kernel } of STREAMS)
    for (const { type } of Object.values<Field>({ ...agent, ...kernel }))
      if (type.kind === 'enum') byName.set(type.name, type.values);
  return [...byName].flatMap(([name, values]) => [
    `enum ${name} {`,
    ...values.map((value, code) => `\t${`${name}_${value}`.toUpperCase()} = ${code},`),
    '};',
    '',
  ]);
}

function struct({ struct: name, stream, size, members }: StructLayout): string[] {
  return [
    `/* Stream ${stream.name}, version ${stream.version}: ${stream.grain}. */`,
    `struct ${name} {`,
    ...members.map((member) => `\t${declaration(member)}`),
    '};',
    ...members.map(
      (member) =>
        `_Static_assert(__builtin_offsetof(struct ${name}, ${member.name}) == ${member.offset}, "${name}.${member.name}");`,
    ),
    `_Static_assert(sizeof(struct ${name}) == ${size}, "size of ${name}");`,
    '',
  ];
}

function declaration({ name, size, field }: Member): string {
  if (field === undefined) return `__u8 ${name}[${size}];`;
  const unit = field.unit === '' ? '' : `, ${field.unit}`;
  const note = field.type.kind === 'enum' ? `enum ${field.type.name}: ` : '';
  return `${declarator(field.type, name)} /* ${note}${field.meaning}${unit} */`;
}

function declarator(type: FieldType, name: string): string {
  switch (type.kind) {
    case 'scalar':
      return `${C_SCALAR[type.scalar]} ${name};`;
    case 'enum':
      return `__u8 ${name};`;
    case 'address':
      return `__u8 ${name}[16];`;
    case 'comm':
      return `char ${name}[16];`;
    case 'histogram':
      return `__u32 ${name}[${type.length}];`;
    case 'text':
      throw new Error('text has no C form');
  }
}
