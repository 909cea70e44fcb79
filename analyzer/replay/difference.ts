/** Where two JSON values differ; the order of keys is none of it. */

export interface Difference {
  /** Dots between keys and places of a list. */
  readonly at: string;
  /** undefined where there is no such key. */
  readonly recorded: unknown;
  readonly replayed: unknown;
}

export function differences(recorded: unknown, replayed: unknown, at = ''): Difference[] {
  if (!isNode(recorded) || !isNode(replayed) || Array.isArray(recorded) !== Array.isArray(replayed))
    return recorded === replayed ? [] : [{ at, recorded, replayed }];
  const keys = [...new Set([...Object.keys(recorded), ...Object.keys(replayed)])];
  return keys.flatMap((key) =>
    differences(recorded[key], replayed[key], at === '' ? key : `${at}.${key}`),
  );
}

type Node = Readonly<Record<string, unknown>>;

const isNode = (value: unknown): value is Node => typeof value === 'object' && value !== null;
