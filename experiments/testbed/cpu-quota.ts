/** CPU limits by the cpu controller of cgroup v1. */
import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { NetverdictError } from '../../primitives/common/errors/index.js';

const PERIOD_US = 100_000;

/** Puts a process with all of its threads into a new cgroup; answers how to put it back. */
export function limitCpu(cgroup: string, pid: number, percent: number): () => Promise<void> {
  const controller = dirname(cgroup);
  if (!existsSync(controller))
    throw new NetverdictError(
      'NV_CAPABILITY_MISSING',
      `no cgroup v1 cpu controller: ${controller}`,
    );
  const [, home = '/'] = /:cpu[^:]*:(.*)/.exec(readFileSync(`/proc/${pid}/cgroup`, 'utf8')) ?? [];
  mkdirSync(cgroup, { recursive: true });
  writeFileSync(join(cgroup, 'cpu.cfs_period_us'), String(PERIOD_US));
  writeFileSync(join(cgroup, 'cpu.cfs_quota_us'), String((PERIOD_US * percent) / 100));
  writeFileSync(join(cgroup, 'cgroup.procs'), String(pid));
  return () => {
    if (existsSync(`/proc/${pid}`))
      writeFileSync(join(controller, home, 'cgroup.procs'), String(pid));
    rmdirSync(cgroup);
    return Promise.resolve();
  };
}
