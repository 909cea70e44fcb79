/** Draws every figure from saved results. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cpu } from './cpu/figure.js';
import type { Figure } from './figure.js';
import { perPacketCost } from './per-packet-cost/figure.js';
import { pdfOf, pngOf, svgOf } from './render.js';
import { rttError } from './rtt-error/figure.js';
import { throughput } from './throughput/figure.js';
import { verdictDomains } from './verdict-domains/figure.js';
import { verdictLatency } from './verdict-latency/figure.js';

export const FIGURES: readonly Figure[] = [
  throughput,
  cpu,
  perPacketCost,
  rttError,
  verdictLatency,
  verdictDomains,
];

/** From the folder of results into `out`; answers the files, which are the same for the same results. */
export async function drawFigures(results: string, out: string): Promise<string[]> {
  mkdirSync(out, { recursive: true });
  const saved = (file: string): string => readFileSync(join(results, file), 'utf8');
  const files: string[] = [];
  for (const { id, draw } of FIGURES) {
    const svg = svgOf(draw(saved));
    for (const [ending, content] of [
      ['svg', svg],
      ['png', pngOf(svg)],
      ['pdf', await pdfOf(svg)],
    ] as const) {
      const file = join(out, `${id}.${ending}`);
      writeFileSync(file, content);
      files.push(file);
    }
  }
  return files;
}
