import { describe, expect, it } from 'vitest';
import { Kallsyms } from './kallsyms.js';

const TEXT = Buffer.from(`ffffffff81000300 t last\t[module]
ffffffff81000100 T first
ffffffff81000100 T alias_of_first
ffffffff81000180 D data
ffffffff81000200 t second
`);

describe('Kallsyms', () => {
  const symbols = new Kallsyms(TEXT);

  it('names the function that starts at or before the address', () => {
    expect(symbols.symbolAt(0xffffffff81000200n)).toBe('second');
    expect(symbols.symbolAt(0xffffffff810002ffn)).toBe('second');
    expect(symbols.symbolAt(0xffffffff81000300n)).toBe('last');
  });

  it('passes over data and keeps the first of several names', () => {
    expect(symbols.symbolAt(0xffffffff810001ffn)).toBe('first');
  });

  it('knows no name below the first function, or when addresses are hidden', () => {
    expect(symbols.symbolAt(0xfffffffn)).toBe('');
    expect(new Kallsyms(Buffer.from('0000000000000000 T hidden\n')).symbolAt(5n)).toBe('');
  });
});
