/** The paper's Figure 2.a. */
import type { Figure } from '../figure.js';
import { OVERHEAD_COMMAND, overheadBars } from '../overhead.js';
import { percentOf } from '../percent.js';

export const throughput: Figure = {
  id: 'figure-2a-throughput',
  command: OVERHEAD_COMMAND,
  draw: (saved) =>
    overheadBars(saved, {
      of: ({ throughput: spread }) => percentOf(spread),
      published: (row) => row.published && 100 + row.published.throughput,
      loads: ['tso', 'mss'],
      label:
        'throughput, per cent of native (median and quartiles; diamonds: the paper, 40 Gbit/s)',
      native: 100,
    }),
};
