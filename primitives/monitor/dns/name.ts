const MOST_LABEL_BYTES = 63;
const ELLIPSIS = '…';
const [DOT, BACKSLASH] = [0x2e, 0x5c];
const [FIRST_VISIBLE, LAST_VISIBLE] = [0x21, 0x7e];

/**
 * Text of a name as it stands on the wire (RFC 1035, 3.1), in lower case and without the last dot; `.` for the root.
 * Bytes that are no visible character become `\DDD`, dots and backslashes inside a label `\.` and `\\` (5.1). What
 * does not end within the bytes, or is no name, is cut there and ends with an ellipsis.
 */
export function domainName(wire: Uint8Array): string {
  const labels: string[] = [];
  for (let at = 0; ;) {
    const length = wire[at];
    if (length === 0) return labels.length === 0 ? '.' : labels.join('.');
    if (length === undefined || length > MOST_LABEL_BYTES) return [...labels, ELLIPSIS].join('.');
    const label = wire.subarray(at + 1, at + 1 + length);
    const text = Array.from(label, characterOf).join('');
    if (label.length < length) return [...labels, text + ELLIPSIS].join('.');
    labels.push(text);
    at += 1 + length;
  }
}

function characterOf(byte: number): string {
  if (byte < FIRST_VISIBLE || byte > LAST_VISIBLE) return `\\${String(byte).padStart(3, '0')}`;
  const character = String.fromCharCode(byte).toLowerCase();
  return byte === DOT || byte === BACKSLASH ? `\\${character}` : character;
}
