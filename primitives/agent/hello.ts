import { release } from 'node:os';
import type { Capability } from '../common/loader/index.js';
import type { Row } from '../common/schema/columns.js';
import type { AttachedTap } from './interfaces.js';

/** The row of `host_info`: what this agent watches, and what its kernel lets it see. */
export function hello(
  netns: number,
  cpus: readonly number[],
  taps: readonly AttachedTap[],
  capabilities: readonly Capability[],
): Row {
  const hasTcx = capabilities.some(({ name, ok }) => name === 'tcx' && ok);
  return {
    kernel: release(),
    cpus: cpus.join(','),
    netns,
    attach: taps[0]?.attach ?? (hasTcx ? 'tcx' : 'clsact'),
    taps: JSON.stringify(taps),
    capabilities: JSON.stringify(
      Object.fromEntries(capabilities.map(({ name, ok, reason }) => [name, ok ? 'ok' : reason])),
    ),
  };
}
