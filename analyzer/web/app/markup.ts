/** The report's tree as live elements: text stays text, so nothing in it can become markup. */
import { h, type VNode } from 'preact';
import type { Markup } from '../../report/markup.js';

export const live = (markup: Markup): VNode | string =>
  typeof markup === 'string'
    ? markup
    : h(markup.tag, markup.attributes, ...markup.children.map(live));
