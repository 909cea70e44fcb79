import { batch, qdiscs } from '../common/loader/iproute2.js';
import { BatchCommand } from './batch-command.js';

interface Filter {
  readonly kind: string;
  readonly pref?: number;
  readonly options?: { readonly handle?: string };
}

/** As attachClsact of the addon sets them. */
const PRIORITY = 1;
const HANDLE = '0x4e56';
const HOOKS = ['ingress', 'egress'] as const;

/**
 * Unlike a TCX link, a clsact filter outlives a killed agent. Removes ours from every interface and answers
 * where there were any.
 */
export async function removeStaleFilters(netnsPath: string): Promise<string[]> {
  const queues = await qdiscs(netnsPath);
  const interfaces = queues.filter(({ kind }) => kind === 'clsact').map(({ dev }) => dev);
  const tc = new BatchCommand(netnsPath, 'tc', []);
  const found: string[] = [];
  try {
    for (const place of interfaces.flatMap((dev) => HOOKS.map((hook) => `dev ${dev} ${hook}`))) {
      const filters = await tc.ask<Filter>(`filter show ${place}`);
      if (filters.some(isOurs)) found.push(place);
    }
  } finally {
    tc.restart();
  }
  const removals = found.map(
    (place) => `filter del ${place} pref ${PRIORITY} handle ${HANDLE} bpf`,
  );
  await batch('tc', removals, netnsPath);
  return found;
}

const isOurs = ({ kind, pref, options }: Filter): boolean =>
  kind === 'bpf' && pref === PRIORITY && options?.handle === HANDLE;
