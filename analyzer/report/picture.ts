/**
 * The path as a picture: pods, hosts and network with the taps between them, what each segment costs now and cost
 * before, and both sums as bars of one scale. SVG; colours come from the style.
 */
import type { Incident, Split } from '../incidents/incident.js';
import { bars } from './bars.js';
import { el, type Markup, type MarkupElement } from './markup.js';
import { type Place, PLACE_NAMES, type Segment, SEGMENTS, termOf, total } from './segments.js';
import { duration, growth } from './units.js';

const WIDTH = 960;
const HEIGHT = 356;
const WIRE_Y = 116;
const MEASURE_Y = 172;

/** From and to, in the order of the path; taps stand where two places meet. */
const EXTENT: Record<Place, readonly [number, number]> = {
  sender_pod: [18, 150],
  sender_host: [150, 350],
  network: [350, 610],
  receiver_host: [610, 810],
  receiver_pod: [810, 942],
};

export function pathPicture(split: Split, blamed: Place | null, incident: Incident): MarkupElement {
  return el(
    'svg',
    {
      class: 'path',
      viewBox: `0 0 ${WIDTH} ${HEIGHT}`,
      role: 'img',
      'aria-label': description(split, blamed),
    },
    ...(blamed === null ? [] : [spotlight(blamed)]),
    ...hosts(incident),
    ...wire(),
    ...SEGMENTS.flatMap((segment) => measure(split, segment, segment === blamed)),
    ...(blamed === 'sender_pod' ? [caption('sender_pod', 214, 'above the taps', 'was')] : []),
    ...bars(split, blamed),
  );
}

function description(split: Split, blamed: Place | null): string {
  const terms = SEGMENTS.map((segment) => {
    const [now, before] = [termOf(split, segment), termOf(split.baseline, segment)];
    const text = (us: number | null): string => (us === null ? 'not measured' : duration(us));
    return `${PLACE_NAMES[segment]} ${text(now)} (baseline ${text(before)})`;
  });
  return (
    `Path of the data. ${terms.join(', ')}. Sum ${duration(total(split))}, baseline ` +
    `${duration(total(split.baseline))}. ` +
    (blamed === null ? 'No segment is blamed.' : `Blamed: ${PLACE_NAMES[blamed]}.`)
  );
}

const middle = (place: Place): number => (EXTENT[place][0] + EXTENT[place][1]) / 2;

const caption = (place: Place, y: number, text: string, style: string): Markup =>
  el('text', { class: style, x: middle(place), y }, text);

const box = (style: string, [from, to]: readonly [number, number], y: number, height: number) =>
  el('rect', { class: style, x: from, y, width: to - from, height, rx: 8 });

function spotlight(place: Place): Markup {
  return el(
    'g',
    {},
    box('spotlight', [EXTENT[place][0] + 1, EXTENT[place][1] - 1], 4, 252),
    caption(place, 20, 'BLAMED', 'tag'),
  );
}

function hosts({ victims, mappings }: Incident): Markup[] {
  const victim = victims[0];
  const name = (host: string | null | undefined): string =>
    host ? `host ${host}` : 'unknown host';
  const outer = mappings[0];
  return [
    box('host', [14, 346], 40, 104),
    box('host', [614, 946], 40, 104),
    box('pod', [28, 140], 68, 66),
    box('pod', [820, 932], 68, 66),
    box('underlay', [362, 598], 76, 68),
    el('text', { class: 'label', x: 26, y: 58 }, name(victim?.src.host)),
    el('text', { class: 'label end', x: 934, y: 58 }, name(victim?.dst.host)),
    caption('sender_pod', 88, PLACE_NAMES.sender_pod, 'label mid'),
    caption('sender_pod', 105, short(victim?.src.pod), 'who'),
    caption('receiver_pod', 88, PLACE_NAMES.receiver_pod, 'label mid'),
    caption('receiver_pod', 105, short(victim?.dst.pod), 'who'),
    caption('sender_host', 100, 'bridge · qdisc · driver', 'label mid'),
    caption('receiver_host', 100, 'driver · softirq · bridge', 'label mid'),
    caption('network', 68, 'network', 'label mid'),
    ...(outer ? [caption('network', 101, `${outer.encapsulation} ${outer.vni}`, 'label mid')] : []),
  ];
}

const LONGEST_NAME = 14;
/** The end of a name tells pods apart; its start rarely does. */
const short = (name: string | null | undefined): string =>
  !name ? 'unknown' : name.length > LONGEST_NAME ? `…${name.slice(1 - LONGEST_NAME)}` : name;

/** The way of the data, with a dot for each tap. */
function wire(): Markup[] {
  const taps = [150, 350, 610, 810];
  return [
    el('line', { class: 'wire', x1: 40, y1: WIRE_Y, x2: 906, y2: WIRE_Y }),
    el('path', { class: 'arrow', d: `M906 ${WIRE_Y - 6} l12 6 l-12 6 z` }),
    ...taps.map((x, i) =>
      el(
        'circle',
        { class: 'tap', cx: x, cy: WIRE_Y, r: 6 },
        el('title', {}, i === 0 || i === 3 ? 'pod tap' : 'uplink tap'),
      ),
    ),
  ];
}

/** A dimension line from tap to tap with what lies between: now, before, growth. */
function measure(split: Split, segment: Segment, blamed: boolean): Markup[] {
  const [from, to] = EXTENT[segment];
  const now = termOf(split, segment);
  const before = termOf(split.baseline, segment);
  const style = blamed ? ' blamed' : '';
  return [
    el('path', {
      class: `dimension${style}`,
      d: `M${from + 4} ${MEASURE_Y - 7} v14 m0 -7 H${to - 4} m0 -7 v14`,
    }),
    el('rect', {
      class: `swatch ${segment}${style}`,
      x: middle(segment) - 5,
      y: 167,
      width: 10,
      height: 10,
      rx: 2,
    }),
    caption(
      segment,
      204,
      now === null ? 'not measured' : duration(now),
      `now${now === null ? ' none' : style}`,
    ),
    caption(segment, 226, before === null ? 'no baseline' : `was ${duration(before)}`, 'was'),
    ...(now === null || before === null
      ? []
      : [caption(segment, 245, growth(now - before), `grown${style}`)]),
  ];
}
