import Table from 'cli-table3';

type Cell = string | number;

/** A compact table without colours of its own, ended by a line end. */
export function table(head: readonly string[], rows: readonly (readonly Cell[])[]): string {
  const grid = new Table({ head: [...head], style: { head: [], border: [], compact: true } });
  for (const row of rows) grid.push([...row]);
  return `${grid.toString()}\n`;
}
