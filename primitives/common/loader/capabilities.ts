/** What this kernel, this user and this machine offer; `netverdict doctor` prints it. */
import { accessSync, constants, existsSync, readFileSync } from 'node:fs';
import { release } from 'node:os';
import { delimiter, join } from 'node:path';
import { artifact } from '../artifacts.js';
import { native } from '../native/index.js';
import { Btf, BTF_KIND, KERNEL_BTF } from './btf.js';
import { hasConntrackLookup } from './conntrack.js';
import { hasTracepoint, TRACEPOINTS } from './tracepoints.js';

export interface Capability {
  readonly name: string;
  /** Nothing works without it; the others each cost one probe. */
  readonly required: boolean;
  readonly ok: boolean;
  /** What was found, or what is not there. */
  readonly reason: string;
  /** How to get it; empty when it is there. */
  readonly remedy: string;
  /** Name, reason and remedy on one line. */
  readonly detail: string;
}

/** Bits of CapEff that loading, attaching and visiting namespaces take. */
const PRIVILEGES = { CAP_NET_ADMIN: 12, CAP_SYS_ADMIN: 21, CAP_PERFMON: 38, CAP_BPF: 39 } as const;
/** BPF_MAP_TYPE_*. */
const MAP_TYPES = { lru_hash: 9, ring_buffer: 27 } as const;

export function capabilities(): Capability[] {
  const privilege = privileges();
  const built = addon();
  const btf = kernelBtf();
  const canProbe = privilege.ok && built.ok;
  return [
    privilege,
    built,
    btf,
    mapType('ring_buffer', canProbe, '5.8'),
    mapType('lru_hash', canProbe, '4.10'),
    ...hooks(btf.ok),
    fentry(btf.ok),
    conntrack(btf.ok),
    ...TRACEPOINTS.map((name) => tracepoint(name, btf.ok)),
    tool('ip'),
    tool('tc'),
    tool('nsenter'),
  ];
}

function privileges(): Capability {
  const mask = BigInt(
    `0x${/^CapEff:\s*(\w+)/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1] ?? 0}`,
  );
  const missing = Object.entries(PRIVILEGES).filter(([, bit]) => !((mask >> BigInt(bit)) & 1n));
  return answer('privileges', true, missing.length === 0, {
    found: Object.keys(PRIVILEGES).join(', '),
    lacks: `this process lacks ${missing.map(([name]) => name).join(', ')}`,
    remedy: 'run it as root (sudo)',
  });
}

function addon(): Capability {
  const file = 'build/netverdict.node';
  const lacks = existsSync(artifact(file)) ? loadFailure() : `${file} does not exist`;
  return answer('addon', true, lacks === '', { found: file, lacks, remedy: '`npm run setup`' });
}

function loadFailure(): string {
  try {
    native();
    return '';
  } catch (error) {
    return (error as Error).message;
  }
}

function kernelBtf(): Capability {
  return answer('kernel_btf', true, readable(KERNEL_BTF), {
    found: KERNEL_BTF,
    lacks: `${KERNEL_BTF} cannot be read`,
    remedy: 'use a kernel built with CONFIG_DEBUG_INFO_BTF=y',
  });
}

function mapType(name: keyof typeof MAP_TYPES, canProbe: boolean, since: string): Capability {
  return answer(name, true, canProbe && native().supportsMapType(MAP_TYPES[name]), {
    found: 'a map of the type was made',
    lacks: canProbe
      ? `kernel ${release()} does not make maps of the type`
      : 'not probed: needs the privileges and the addon',
    remedy: canProbe ? `use Linux ${since} or newer` : 'see above',
  });
}

/** Either hook will do. */
function hooks(btf: boolean): Capability[] {
  const hasTcx =
    btf && [...Btf.kernel().enumerators('bpf_attach_type').values()].includes('BPF_TCX_INGRESS');
  const hasClsact =
    (btf && Btf.kernel().has(BTF_KIND.func, 'clsact_init')) || module('sch_ingress');
  return [
    answer('tcx', false, hasTcx, {
      found: 'BPF_TCX_INGRESS is an attach type',
      lacks: `kernel ${release()} has no TCX; clsact takes its place`,
      remedy: 'use Linux 6.6 or newer',
    }),
    answer('clsact', !hasTcx, hasClsact, {
      found: 'the qdisc exists',
      lacks: 'neither built in nor a module',
      remedy: 'use a kernel with CONFIG_NET_SCH_INGRESS and CONFIG_NET_CLS_BPF',
    }),
  ];
}

function fentry(btf: boolean): Capability {
  const ok = btf && Btf.kernel().has(BTF_KIND.func, 'register_ftrace_direct');
  return answer('fentry', false, ok, {
    found: 'register_ftrace_direct exists',
    lacks: 'no direct calls from ftrace',
    remedy: 'use a kernel with CONFIG_DYNAMIC_FTRACE_WITH_DIRECT_CALLS',
  });
}

function conntrack(btf: boolean): Capability {
  return answer('conntrack_lookup', false, btf && hasConntrackLookup(), {
    found: 'TC programs may call bpf_skb_ct_lookup',
    lacks:
      'no bpf_skb_ct_lookup: flows through service addresses are not joined with their backends',
    remedy: 'use Linux 5.18 or newer with CONFIG_NF_CONNTRACK and CONFIG_DEBUG_INFO_BTF_MODULES',
  });
}

function tracepoint(name: string, btf: boolean): Capability {
  return answer(`tracepoint:${name}`, false, btf && hasTracepoint(name), {
    found: `btf_trace_${name} is in BTF`,
    lacks: `kernel ${release()} has no such tracepoint`,
    remedy: 'use a newer kernel',
  });
}

function tool(name: string): Capability {
  const folder = (process.env['PATH'] ?? '')
    .split(delimiter)
    .find((path) => executable(join(path, name)));
  return answer(`tool:${name}`, true, folder !== undefined, {
    found: join(folder ?? '', name),
    lacks: `${name} is not in PATH`,
    remedy: `apt-get install ${name === 'nsenter' ? 'util-linux' : 'iproute2'}`,
  });
}

interface Words {
  readonly found: string;
  readonly lacks: string;
  readonly remedy: string;
}

function answer(name: string, required: boolean, ok: boolean, words: Words): Capability {
  const reason = ok ? words.found : words.lacks;
  const remedy = ok ? '' : words.remedy;
  const detail = `${name}: ${reason}${ok ? '' : `; ${remedy}`}`;
  return { name, required, ok, reason, remedy, detail };
}

function module(name: string): boolean {
  const list = `/lib/modules/${release()}/modules.dep`;
  return (
    existsSync(`/sys/module/${name}`) ||
    (readable(list) && readFileSync(list, 'utf8').includes(`/${name}.ko`))
  );
}

const readable = (path: string): boolean => permits(path, constants.R_OK);
const executable = (path: string): boolean => permits(path, constants.X_OK);

function permits(path: string, mode: number): boolean {
  try {
    accessSync(path, mode);
    return true;
  } catch {
    return false;
  }
}
