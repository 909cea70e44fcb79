import type { FieldType } from '../fields.js';
import { STREAMS } from '../streams.js';
import { structLayout, type StructLayout } from '../struct-layout.js';

/** `layout.ts`: where each field of a record lies, for the decoder. */
export function layoutModule(): string {
  const layouts = STREAMS.map((stream) => structLayout(stream)).filter(
    (layout) => layout !== undefined,
  );
  return [
    '// Generated from primitives/common/schema/streams.ts by `npm run generate`. Do not edit.',
    '',
    '/** Offsets and sizes in bytes, by stream. */',
    'export const LAYOUTS = {',
    ...layouts.flatMap(entry),
    '} as const;',
    '',
  ].join('\n');
}

function entry({ struct, stream, size, members }: StructLayout): string[] {
  return [
    `  ${stream.name}: {`,
    `    struct: '${struct}',`,
    `    size: ${size},`,
    '    fields: {',
    ...members.flatMap(({ name, offset, size: bytes, field }) =>
      field === undefined
        ? []
        : [
            `      ${name}: { offset: ${offset}, size: ${bytes}, type: '${typeName(field.type)}' },`,
          ],
    ),
    '    },',
    '  },',
  ];
}

const typeName = (type: FieldType): string => (type.kind === 'scalar' ? type.scalar : type.kind);
