/** Measures one claim, prints the table and keeps it as docs/results/NAME.md and .json. */
import { provenance } from '../experiments/results/provenance.js';
import { save } from '../experiments/results/save.js';
import { NetverdictError } from '../primitives/common/errors/index.js';
import { agentCost } from './agent-cost/index.js';
import { arming } from './arming/index.js';
import type { Bench } from './bench.js';
import { ingest } from './ingest/index.js';
import { overhead } from './overhead/index.js';
import { perPacketCost } from './per-packet-cost/index.js';
import { rttAccuracy } from './rtt-accuracy/index.js';

export const BENCHES: Readonly<Record<string, Bench>> = {
  'agent-cost': agentCost,
  arming,
  ingest,
  overhead,
  'per-packet-cost': perPacketCost,
  'rtt-accuracy': rttAccuracy,
};

export interface Claim {
  readonly name: string;
  /** Fewer and shorter repetitions: to see that it runs, not to quote. */
  readonly quick: boolean;
  /** Path of what is kept, without its ending. */
  readonly out: string | undefined;
  /** Makes the same again. */
  readonly command: string;
}

/** True if every target is met. When interrupted it rejects. */
export async function measureClaim(claim: Claim, signal: AbortSignal): Promise<boolean> {
  const { name, quick, out, command } = claim;
  const bench = benchNamed(name);
  // Before the run: what it writes is no change of the code that was measured.
  const made = provenance(command);
  const progress = (line: string): void => void process.stderr.write(`${line}\n`);
  const { title, page, data, met } = await bench({ quick, signal, progress });
  const head = `Made by \`${made.command}\` at ${made.commit ?? 'no commit'} on Linux ${made.kernel}, ${made.cpus} × ${made.cpu}.`;
  const text = [`# ${title}`, '', head, '', ...page, ''].join('\n');
  process.stdout.write(text);
  save(out ?? `docs/results/${name}`, text, { made, ...data });
  return met;
}

export function benchNamed(name: string): Bench {
  const bench = BENCHES[name];
  if (bench) return bench;
  const known = Object.keys(BENCHES).join(', ');
  throw new NetverdictError('NV_USAGE', `no benchmark "${name}": ${known}`);
}
