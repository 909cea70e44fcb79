import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { domainName } from './name.js';

const wire = (...labels: (string | readonly number[])[]): Uint8Array =>
  Buffer.concat([
    ...labels.map((label) => {
      const bytes = Buffer.from(label as string);
      return Buffer.concat([Buffer.of(bytes.length), bytes]);
    }),
    Buffer.of(0),
  ]);

describe('a domain name', () => {
  it('is its labels, dotted and in lower case', () => {
    expect(domainName(wire('Api', 'DEFAULT', 'svc', 'cluster', 'local'))).toBe(
      'api.default.svc.cluster.local',
    );
    expect(domainName(Uint8Array.of(0))).toBe('.');
  });

  it('hides no dot, backslash, space or other byte of a label', () => {
    expect(domainName(wire('a.b', 'c\\d'))).toBe('a\\.b.c\\\\d');
    expect(domainName(wire([0, 32, 127, 200], 'x'))).toBe('\\000\\032\\127\\200.x');
  });

  it('ignores what follows its end', () => {
    expect(domainName(Buffer.concat([wire('a'), Buffer.from([63, 1, 2])]))).toBe('a');
  });

  it('says where it was cut', () => {
    const whole = wire('abcdef', 'ghi');
    expect(domainName(whole.subarray(0, 4))).toBe('abc…');
    expect(domainName(whole.subarray(0, 7))).toBe('abcdef.…');
    expect(domainName(whole.subarray(0, whole.length - 1))).toBe('abcdef.ghi.…');
    expect(domainName(new Uint8Array())).toBe('…');
  });

  it('follows no pointer', () => {
    expect(domainName(Uint8Array.of(1, 0x61, 0xc0, 0x00))).toBe('a.…');
  });
});

it('never fails, and gives back exactly the labels of any name', () => {
  const label = fc.uint8Array({ minLength: 1, maxLength: 63 });
  fc.assert(
    fc.property(fc.array(label, { maxLength: 4 }), (labels) => {
      const text = domainName(wire(...labels.map((bytes) => [...bytes])));
      expect(parsed(text)).toEqual(labels.map((bytes) => [...bytes].map(lower)));
    }),
  );
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 96 }), (bytes) => {
      expect(domainName(bytes)).toMatch(/^[\x21-\x40\x5b-\x7e…]+$/);
    }),
    { numRuns: 5000 },
  );
});

const lower = (byte: number): number => (byte >= 0x41 && byte <= 0x5a ? byte | 0x20 : byte);

/** The labels that a text stands for, by the escapes of RFC 1035. */
function parsed(text: string): number[][] {
  if (text === '.') return [];
  const labels: number[][] = [[]];
  for (const [token] of text.matchAll(/\\\d{3}|\\.|./gs)) {
    if (token === '.') labels.push([]);
    else if (/^\\\d/.test(token)) labels.at(-1)?.push(Number(token.slice(1)));
    else labels.at(-1)?.push(token.charCodeAt(token.length - 1));
  }
  return labels;
}
