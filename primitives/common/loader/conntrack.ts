import { readFileSync } from 'node:fs';
import { Btf, BTF_KIND } from './btf.js';

const LOOKUP = 'bpf_skb_ct_lookup';
const MODULE_BTF = '/sys/kernel/btf/nf_conntrack';

/** Whether TC programs of this kernel may ask conntrack (Linux 5.18), built in or as a module that is loaded. */
export const hasConntrackLookup = (): boolean =>
  Btf.kernel().has(BTF_KIND.func, LOOKUP) || moduleNames().includes(`\0${LOOKUP}\0`);

/** A module's BTF has its own names, and leans on the kernel's for the rest. */
function moduleNames(): Buffer {
  try {
    return readFileSync(MODULE_BTF);
  } catch {
    return Buffer.alloc(0);
  }
}
