/** HTML and SVG as a tree: written out by the server, turned into live elements by the page. */
export type Markup = string | MarkupElement;

export interface MarkupElement {
  readonly tag: string;
  readonly attributes: Attributes;
  readonly children: readonly Markup[];
}

type Attributes = Readonly<Record<string, string | number>>;

export const el = (
  tag: string,
  attributes: Attributes = {},
  ...children: readonly Markup[]
): MarkupElement => ({ tag, attributes, children });

/** Everything that is not markup is escaped here. */
export function serialize(markup: Markup): string {
  if (typeof markup === 'string') return escape(markup);
  const { tag, attributes, children } = markup;
  const names = Object.entries(attributes).map(
    ([name, value]) => ` ${name}="${escape(`${value}`)}"`,
  );
  return `<${tag}${names.join('')}>${children.map(serialize).join('')}</${tag}>`;
}

const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
const escape = (value: string): string => value.replace(/[&<>"]/g, (c) => ENTITIES[c] ?? c);
