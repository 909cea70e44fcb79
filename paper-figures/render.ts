/** A plot as SVG, and the same SVG as PNG and PDF, with the same font in all three. */
import { createRequire } from 'node:module';
import { buffer } from 'node:stream/consumers';
import * as Plot from '@observablehq/plot';
import type { PlotOptions } from '@observablehq/plot';
import { Resvg } from '@resvg/resvg-js';
import { createDocument } from '@mixmark-io/domino';
import PDFDocument from 'pdfkit';
import svgToPdf from 'svg-to-pdfkit';
import { FONT, INK } from './style.js';

const FONT_FILE = createRequire(import.meta.url).resolve('dejavu-fonts-ttf/ttf/DejaVuSans.ttf');
/** PNGs are for screens of high density. */
const PIXELS_A_POINT = 2;

/** What is needed of an element here: Plot's own types are those of a browser. */
interface Svg {
  readonly outerHTML: string;
  querySelector(selectors: string): { remove(): void } | null;
  setAttribute(name: string, value: string): void;
}

const plot = Plot.plot as (options: PlotOptions) => unknown;

export function svgOf(options: PlotOptions): string {
  const svg = plot({ ...options, document: createDocument() }) as Svg;
  // Rules for pages around it, which no other renderer knows.
  svg.querySelector('style')?.remove();
  svg.setAttribute('xmlns', 'http://www.w3.org/2000/svg');
  return `${svg.outerHTML.replaceAll('currentColor', INK)}\n`;
}

export function pngOf(svg: string): Buffer {
  return new Resvg(svg, {
    fitTo: { mode: 'zoom', value: PIXELS_A_POINT },
    font: { fontFiles: [FONT_FILE], loadSystemFonts: false, defaultFontFamily: FONT },
  })
    .render()
    .asPng();
}

export async function pdfOf(svg: string): Promise<Buffer> {
  const size = ['width', 'height'].map((side) =>
    Number(new RegExp(`<svg[^>]* ${side}="([0-9.]+)"`).exec(svg)?.[1]),
  );
  // Without the moment at which it was made: the same data are the same file.
  const info = { CreationDate: new Date(0) };
  const pdf = new PDFDocument({ size, margin: 0, info, font: FONT_FILE });
  svgToPdf(pdf, svg, 0, 0, { assumePt: true, fontCallback: () => FONT_FILE });
  pdf.end();
  return buffer(pdf);
}
