import { readFileSync } from 'node:fs';
import { type Fd, type MapInfo, native } from '../native/index.js';

/** Highest possible CPU and one: the length of every per-CPU value, like libbpf_num_possible_cpus. */
function possibleCpus(): number {
  const list = readFileSync('/sys/devices/system/cpu/possible', 'utf8').trim();
  return Number(list.split(/[-,]/).at(-1)) + 1;
}

const cpus = possibleCpus();

/** Sums over all CPUs of one entry of a per-CPU array, a struct of as many u64 counters. */
export function perCpuSums(map: Fd, index: number, counters: number): bigint[] {
  const key = new Uint8Array(Uint32Array.of(index).buffer);
  const sums = new Array<bigint>(counters).fill(0n);
  const bytes = native().mapLookup(map, key, 8 * counters * cpus);
  if (bytes === undefined) return sums;
  new BigUint64Array(bytes.slice().buffer).forEach((count, word) => {
    sums[word % counters] = (sums[word % counters] ?? 0n) + count;
  });
  return sums;
}

/** Of an entry that is one u64, what each CPU has in it. */
export function perCpu(map: Fd, index: number): bigint[] {
  const bytes = native().mapLookup(map, new Uint8Array(Uint32Array.of(index).buffer), 8 * cpus);
  return bytes === undefined ? [] : [...new BigUint64Array(bytes.slice().buffer)];
}

/** Of an entry that is one u64. */
export const perCpuSum = (map: Fd, index: number): bigint => perCpuSums(map, index, 1)[0] ?? 0n;

/** Zeroes the first entry of a per-CPU array. */
export function clearPerCpu({ fd, valueSize }: MapInfo): void {
  native().mapUpdate(fd, new Uint8Array(4), new Uint8Array(valueSize * cpus));
}
