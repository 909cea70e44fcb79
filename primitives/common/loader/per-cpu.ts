import { readFileSync } from 'node:fs';
import { native, type Fd } from '../native/index.js';

/** Highest possible CPU and one: the length of every per-CPU value, like libbpf_num_possible_cpus. */
function possibleCpus(): number {
  const list = readFileSync('/sys/devices/system/cpu/possible', 'utf8').trim();
  return Number(list.split(/[-,]/).at(-1)) + 1;
}

const cpus = possibleCpus();

/** Sum over all CPUs of one u64 entry of a per-CPU array. */
export function perCpuSum(map: Fd, index: number): bigint {
  const key = new Uint8Array(Uint32Array.of(index).buffer);
  const bytes = native().mapLookup(map, key, 8 * cpus);
  if (bytes === undefined) return 0n;
  return new BigUint64Array(bytes.slice().buffer).reduce((total, count) => total + count, 0n);
}
