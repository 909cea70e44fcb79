import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { FIGURES } from './index.js';
import { pdfOf, pngOf, svgOf } from './render.js';
import type { Saved } from './figure.js';

const kept: Saved = (file) => readFileSync(`docs/results/${file}`, 'utf8');

it.each(FIGURES)('draws $id from the committed results, each time the same', async ({ draw }) => {
  const svg = svgOf(draw(kept));
  expect(svg).toBe(svgOf(draw(kept)));
  expect(svg).toMatch(/^<svg [^>]*xmlns="http:\/\/www.w3.org\/2000\/svg"/);
  expect(svg).not.toMatch(/NaN|undefined|currentColor/);
  expect(pngOf(svg).subarray(1, 4).toString()).toBe('PNG');
  const pdf = await pdfOf(svg);
  expect(pdf.subarray(0, 5).toString()).toBe('%PDF-');
  expect(pdf.equals(await pdfOf(svg))).toBe(true);
});

const drawn = (id: string, files: Readonly<Record<string, unknown>>): string => {
  const figure = FIGURES.find((one) => one.id === id);
  const saved: Saved = (file) => {
    const content = files[file];
    return typeof content === 'string' ? content : JSON.stringify(content);
  };
  return figure ? svgOf(figure.draw(saved)) : '';
};

const spread = (median: number) => ({ median, low: median, high: median });

it('marks the paper’s numbers beside the load that is nearest to the paper’s, and nowhere else', () => {
  const row = (load: string, published: object | null) => ({
    load,
    contender: load,
    published,
    throughput: spread(0.9),
    cpu_points: spread(1),
  });
  const paper = { throughput: -10, cpu: 9.16 };
  const diamonds = (rows: object[]): number =>
    drawn('figure-2a-throughput', { 'overhead.json': { rows } }).split('#d55e00').length - 1;
  const without = diamonds([row('tso', null), row('mss', paper)]);
  expect(diamonds([row('tso', paper), row('mss', paper)])).toBe(without + 1);
});

it('counts a wrong verdict in the row of its label', () => {
  const page =
    '| scenario | label |\n| a | network  path_delay | 1 |\n| b | no incident | 1 |\n| c | no incident | 1 |\n\n| a | 1 | right |';
  const run = (scenario: string, domain: string | null, result = 'right') => ({
    scenario,
    result,
    domain,
    earlier: scenario === 'c' ? 1 : 0,
    verdict_s: 1,
  });
  const runs = [
    run('a', 'network'),
    run('a', 'sender_host', 'wrong'),
    run('b', null),
    run('c', null, 'wrong'),
    run('b', 'network', 'void'),
  ];
  const svg = drawn('verdict-domains', { 'verdicts-all.json': runs, 'verdicts-all.md': page });
  const counts = [...svg.matchAll(/<text[^>]*>(\d+)<\/text>/g)].map(([, count]) => Number(count));
  expect(counts).toHaveLength(24);
  expect(counts.filter((count) => count === 1)).toHaveLength(4);
});

it('names a scenario whose label is not on the page', () => {
  const runs = [{ scenario: 'b', result: 'right', domain: null, verdict_s: null }];
  expect(() =>
    drawn('verdict-domains', { 'verdicts-all.json': runs, 'verdicts-all.md': '' }),
  ).toThrow('no label of b');
});
