import { NetverdictError } from '../primitives/common/errors/index.js';

/** Processor numbers of a kernel-style list: "0-1,3" is 0, 1, 3. */
export function parseCpuList(list: string): number[] {
  const cpus = new Set<number>();
  for (const part of list.split(',')) {
    const [first, last] = parseRange(part, list);
    for (let cpu = first; cpu <= last; cpu++) cpus.add(cpu);
  }
  return [...cpus].sort((a, b) => a - b);
}

/** More than any kernel's NR_CPUS: a typing error must not fill the memory. */
const MAX_CPU = 8191;

function parseRange(part: string, list: string): [number, number] {
  const match = /^(\d+)(?:-(\d+))?$/.exec(part.trim());
  const first = Number(match?.[1]);
  const last = Number(match?.[2] ?? match?.[1]);
  if (match === null || first > last || last > MAX_CPU) throw badCpuList(part, list);
  return [first, last];
}

const badCpuList = (part: string, list: string): NetverdictError =>
  new NetverdictError(
    'NV_USAGE',
    `bad CPU list "${list}": "${part}" is neither a CPU nor a range of CPUs such as 0-1`,
  );
