export { renderFragment, renderHtml } from './html.js';
export { renderMarkdown } from './markdown.js';
export { STYLE } from './style.js';
