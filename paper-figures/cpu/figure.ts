/** The paper's Figure 2.b. */
import type { Figure } from '../figure.js';
import { OVERHEAD_COMMAND, overheadBars } from '../overhead.js';

export const cpu: Figure = {
  id: 'figure-2b-cpu',
  command: OVERHEAD_COMMAND,
  draw: (saved) =>
    overheadBars(saved, {
      of: ({ cpu_points: points }) => points,
      published: (row) => row.published?.cpu ?? null,
      loads: ['half', 'tso'],
      label: 'CPU above native, points of a hundred of all processors (diamonds: the paper)',
      native: 0,
    }),
};
