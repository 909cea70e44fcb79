import type { CodedTexts } from './columns.js';

/** Texts get numbers in the order in which they are first met. */
export function codedTexts(column: readonly string[]): CodedTexts {
  const known = new Map<string, number>();
  const codes = new Int32Array(column.length);
  for (let row = 0; row < column.length; row++) {
    const text = column[row] ?? '';
    let code = known.get(text);
    if (code === undefined) {
      code = known.size;
      known.set(text, code);
    }
    codes[row] = code;
  }
  return { codes, texts: [...known.keys()] };
}
