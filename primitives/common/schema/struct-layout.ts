import type { Field, FieldType, ScalarType, Stream } from './fields.js';

/** One member of a C struct. `alignment` and `size` in bytes. */
export interface Member {
  readonly name: string;
  readonly offset: number;
  readonly size: number;
  readonly alignment: number;
  /** Absent for padding. */
  readonly field?: Field;
}

export interface StructLayout {
  readonly struct: string;
  readonly stream: Stream;
  readonly size: number;
  /** In order, paddings included. */
  readonly members: readonly Member[];
}

/** Ring buffers hand out records at multiples of 8, so every record is a multiple of 8. */
const RECORD_ALIGNMENT = 8;

const SCALAR_SIZE: Readonly<Record<ScalarType, number>> = {
  u8: 1,
  u16: 2,
  u32: 4,
  i32: 4,
  u64: 8,
  i64: 8,
  f64: 8,
};

/** Members at their natural alignment, with every hole named. */
export function structLayout(stream: Stream): StructLayout | undefined {
  if (stream.struct === undefined) return undefined;
  const members: Member[] = [];
  let offset = 0;
  const pad = (alignment: number): void => {
    const size = (alignment - (offset % alignment)) % alignment;
    if (size === 0) return;
    const paddings = members.filter((member) => member.field === undefined).length;
    members.push({ name: `pad${paddings}`, offset, size, alignment: 1 });
    offset += size;
  };
  for (const [name, field] of Object.entries(stream.kernel)) {
    const { size, alignment } = cShape(field.type);
    pad(alignment);
    members.push({ name, offset, size, alignment, field });
    offset += size;
  }
  pad(RECORD_ALIGNMENT);
  return { struct: stream.struct, stream, size: offset, members };
}

function cShape(type: FieldType): { size: number; alignment: number } {
  switch (type.kind) {
    case 'scalar':
      return { size: SCALAR_SIZE[type.scalar], alignment: SCALAR_SIZE[type.scalar] };
    case 'enum':
      return { size: 1, alignment: 1 };
    case 'address':
    case 'comm':
      return { size: 16, alignment: 1 };
    case 'histogram':
      return { size: 4 * type.length, alignment: 4 };
    case 'text':
      throw new Error('text has no C form');
  }
}
