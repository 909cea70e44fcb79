/** Text in columns for a terminal of a given width. */

/** Lines of at most `width` characters, broken at spaces, inside a word only where it must be. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ').flatMap((w) => pieces(w, width))) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line];
}

const pieces = (word: string, width: number): string[] =>
  word.length <= width ? [word] : [word.slice(0, width), ...pieces(word.slice(width), width)];

const GAP = 2;

/** Rows as wide as their cells, the widest columns narrowed and wrapped until they fit. */
export function columns(rows: readonly (readonly string[])[], width: number): string[] {
  const widths = fitted(rows, width);
  return rows.flatMap((row) => {
    const cells = widths.map((w, i) => wrap(row[i] ?? '', w));
    const height = Math.max(...cells.map((lines) => lines.length));
    return Array.from({ length: height }, (_, line) =>
      widths
        .map((w, i) => (cells[i]?.[line] ?? '').padEnd(w))
        .join(' '.repeat(GAP))
        .trimEnd(),
    );
  });
}

const LEAST_WIDTH = 8;

function fitted(rows: readonly (readonly string[])[], width: number): number[] {
  const count = Math.max(0, ...rows.map((row) => row.length));
  const widths = Array.from({ length: count }, (_, i) =>
    Math.max(1, ...rows.map((row) => (row[i] ?? '').length)),
  );
  const room = width - GAP * (count - 1);
  for (;;) {
    const sum = widths.reduce((t, w) => t + w, 0);
    const widest = Math.max(...widths);
    if (sum <= room || widest <= LEAST_WIDTH) return widths;
    widths[widths.indexOf(widest)] = widest - 1;
  }
}
