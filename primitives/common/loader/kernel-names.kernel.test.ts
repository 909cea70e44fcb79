import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { Btf, BTF_KIND } from './btf.js';
import { capabilities, dropReasonName, Kallsyms } from './index.js';

describe('Btf of this kernel', () => {
  it('reads the same enumerators as bpftool', () => {
    const dump = execFileSync('bpftool', ['btf', 'dump', 'file', '/sys/kernel/btf/vmlinux'], {
      encoding: 'utf8',
      maxBuffer: 1 << 28,
    });
    const [, body = ''] = /ENUM 'skb_drop_reason'.*\n((?:\t.*\n)+)/.exec(dump) ?? [];
    const expected = [...body.matchAll(/'(\w+)' val=(\d+)/g)].map(([, name, value]) => [
      Number(value),
      name,
    ]);
    expect(expected.length).toBeGreaterThan(50);
    expect([...Btf.kernel().enumerators('skb_drop_reason')]).toEqual(expected);
  });

  it('tells what exists from what does not, by kind', () => {
    const btf = Btf.kernel();
    expect(btf.has(BTF_KIND.typedef, 'btf_trace_sched_switch')).toBe(true);
    expect(btf.has(BTF_KIND.func, 'btf_trace_sched_switch')).toBe(false);
    expect(btf.has(BTF_KIND.typedef, 'btf_trace_no_such_tracepoint')).toBe(false);
    expect(btf.enumerators('no_such_enum').size).toBe(0);
  });
});

describe('dropReasonName', () => {
  it('drops the prefix, and numbers what has no name', () => {
    const reasons = [...Btf.kernel().enumerators('skb_drop_reason')];
    const [filter = 0] = reasons.find(([, name]) => name.endsWith('_NETFILTER_DROP')) ?? [];
    expect(dropReasonName(filter)).toBe('NETFILTER_DROP');
    expect(dropReasonName(0x7fff)).toBe('32767');
    expect(dropReasonName(0x00070003)).toBe('7:3');
  });
});

describe('Kallsyms of this kernel', () => {
  it('finds the function around an address', async () => {
    const line = /^(\w{16}) [tT] (ip_forward)$/m.exec(readFileSync('/proc/kallsyms', 'latin1'));
    const address = BigInt(`0x${line?.[1] ?? '0'}`);
    expect((await Kallsyms.load()).symbolAt(address + 9n)).toBe('ip_forward');
  });
});

describe('capabilities', () => {
  it('finds on this kernel what the tests of the kernel tier use', () => {
    expect(capabilities().filter(({ required, ok }) => required && !ok)).toEqual([]);
  });

  it('says what is missing and how to get it', () => {
    const path = process.env['PATH'];
    process.env['PATH'] = '/nonexistent';
    const tool = capabilities().find(({ name }) => name === 'tool:tc');
    process.env['PATH'] = path;
    expect(tool).toMatchObject({ ok: false, remedy: 'apt-get install iproute2' });
    expect(tool?.detail).toBe('tool:tc: tc is not in PATH; apt-get install iproute2');
  });
});
