import { isIPv4, isIPv6 } from 'node:net';
import { NetverdictError } from '../errors/index.js';

const V4_PREFIX = Buffer.from('00000000000000000000ffff', 'hex');

/** Canonical text of 16 bytes in network order: dotted for ::ffff:a.b.c.d, RFC 5952 otherwise. */
export function addressText(bytes: Uint8Array): string {
  if (V4_PREFIX.equals(bytes.subarray(0, V4_PREFIX.length))) {
    return bytes.subarray(V4_PREFIX.length).join('.');
  }
  const groups = Array.from({ length: 8 }, (_, group) =>
    (((bytes[2 * group] ?? 0) << 8) | (bytes[2 * group + 1] ?? 0)).toString(16),
  );
  return compressed(groups);
}

/** The 16 bytes in network order of an address in any of its written forms. */
export function addressBytes(text: string): Uint8Array {
  if (isIPv4(text)) return Uint8Array.from([...V4_PREFIX, ...text.split('.').map(Number)]);
  if (!isIPv6(text) || text.includes('%')) {
    throw new NetverdictError('NV_USAGE', `"${text}" is no IP address`);
  }
  // The URL parser knows every written form and answers the compressed hexadecimal one.
  const [head = '', tail] = new URL(`http://[${text}]`).hostname.slice(1, -1).split('::');
  const before = groupsOf(head);
  const after = groupsOf(tail ?? '');
  const zeros = new Array<number>(8 - before.length - after.length).fill(0);
  return Uint8Array.from(
    [...before, ...zeros, ...after].flatMap((group) => [group >> 8, group & 0xff]),
  );
}

const groupsOf = (text: string): number[] =>
  text === '' ? [] : text.split(':').map((group) => parseInt(group, 16));

/** The longest run of two or more zero groups, the first of equals, becomes `::`. */
function compressed(groups: readonly string[]): string {
  let best = { start: 0, length: 1 };
  let start = 0;
  groups.forEach((group, index) => {
    if (group !== '0') start = index + 1;
    else if (index + 1 - start > best.length) best = { start, length: index + 1 - start };
  });
  if (best.length < 2) return groups.join(':');
  const head = groups.slice(0, best.start).join(':');
  return `${head}::${groups.slice(best.start + best.length).join(':')}`;
}
