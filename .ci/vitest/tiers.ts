import { existsSync } from 'node:fs';

/** A tier of tests: what its files are called and what it needs of the machine. */
export interface Tier {
  readonly name: string;
  readonly include: string;
  readonly exclude: readonly string[];
  /** Files run one after another, because they share namespaces, devices and programs. */
  readonly sharesMachine: boolean;
  readonly timeoutMs: number;
  /** Why the tier cannot run here; undefined when it can. */
  readonly missing: string | undefined;
}

const root = process.getuid?.() === 0 ? undefined : 'not root';
const btf = existsSync('/sys/kernel/btf/vmlinux')
  ? undefined
  : 'kernel without BTF (/sys/kernel/btf/vmlinux)';
const chromium = existsSync('/usr/bin/chromium') ? undefined : 'no /usr/bin/chromium';

const special = (
  name: string,
  timeoutMs: number,
  ...needs: readonly (string | undefined)[]
): Tier => {
  const missing = needs.filter((need) => need !== undefined);
  return {
    name,
    include: `**/*.${name}.test.ts`,
    exclude: [],
    sharesMachine: true,
    timeoutMs,
    missing: missing.length > 0 ? missing.join(', ') : undefined,
  };
};

const specials = [
  special('kernel', 30_000, root, btf),
  special('testbed', 180_000, root, btf),
  special('chromium', 60_000, chromium),
];

export const TIERS: readonly Tier[] = [
  {
    name: 'unit',
    include: '**/*.test.ts',
    exclude: specials.map((tier) => tier.include),
    sharesMachine: false,
    timeoutMs: 10_000,
    missing: undefined,
  },
  ...specials,
];
