import type { Pod } from './pods.js';

/** A pod that has just been made has no process yet. */
const GRACE_MS = 10_000;

/** Pods that part of the evidence will be missing for, each named once. */
export class CoverageGaps {
  readonly #since = new Map<number, number>();
  readonly #named = new Set<number>();

  /** Answers the pods that have been without cover for long and were not named before. */
  update(uncovered: readonly Pod[], nowMs = Date.now()): Pod[] {
    const inodes = new Set(uncovered.map(({ namespace }) => namespace.inode));
    for (const inode of this.#since.keys()) if (!inodes.has(inode)) this.#since.delete(inode);
    return uncovered.filter(({ namespace: { inode } }) => {
      const since = this.#since.get(inode) ?? nowMs;
      this.#since.set(inode, since);
      if (nowMs - since < GRACE_MS || this.#named.has(inode)) return false;
      this.#named.add(inode);
      return true;
    });
  }
}
