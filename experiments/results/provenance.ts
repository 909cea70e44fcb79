import { execFileSync } from 'node:child_process';
import { cpus, release } from 'node:os';

/** What a result needs to be made again, and to be compared with another. */
export interface Provenance {
  readonly command: string;
  /** With `-dirty` when the checkout held other changes; null outside of one. */
  readonly commit: string | null;
  /** Version, without the build. */
  readonly kernel: string;
  readonly cpu: string;
  readonly cpus: number;
}

export const provenance = (command: string): Provenance => ({
  command,
  commit: commit(),
  kernel: release().split('-')[0] ?? '',
  cpu: cpus()[0]?.model.trim() ?? '',
  cpus: cpus().length,
});

function commit(): string | null {
  const describe = ['describe', '--always', '--dirty', '--abbrev=10', '--exclude=*'];
  try {
    return execFileSync('git', describe, { encoding: 'utf8', stdio: 'pipe' }).trim();
  } catch {
    return null;
  }
}
