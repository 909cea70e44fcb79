/**
 * The one style. No meaning is in a hue alone: what differs, differs in lightness, shape or dash too, so that a figure
 * can be read in grey and by the colour-blind (hues are Okabe and Ito's).
 */
import type { PlotOptions } from '@observablehq/plot';

export const FONT = 'DejaVu Sans';
const FONT_PIXELS = 11;

export const INK = '#000000';
export const SOFT = '#6b6b6b';
/** netverdict's own. */
export const OURS = '#0072b2';
/** What it is compared with. */
export const THEIRS = '#c9c9c9';
/** Published or wanted: never measured here. */
export const CLAIMED = '#d55e00';

export const BASE: PlotOptions = {
  width: 720,
  marginTop: 34,
  marginBottom: 40,
  marginRight: 20,
  style: { fontFamily: FONT, fontSize: `${FONT_PIXELS}px`, color: INK, background: '#ffffff' },
};
