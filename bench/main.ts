/**
 * Measures one claim, prints the table and keeps it as docs/results/NAME.md and .json:
 *
 *   npm run bench -- NAME [--quick] [--out PATH]
 *
 * Exit 0: every target is met. Exit 1: one is missed, or it failed or was interrupted.
 */
import { parseArgs } from 'node:util';
import { provenance } from '../experiments/results/provenance.js';
import { save } from '../experiments/results/save.js';
import { interruption } from '../experiments/testbed/interruption.js';
import { NetverdictError } from '../primitives/common/errors/index.js';
import { agentCost } from './agent-cost/index.js';
import type { Bench } from './bench.js';
import { perPacketCost } from './per-packet-cost/index.js';
import { rttAccuracy } from './rtt-accuracy/index.js';

const BENCHES: Readonly<Record<string, Bench>> = {
  'agent-cost': agentCost,
  'per-packet-cost': perPacketCost,
  'rtt-accuracy': rttAccuracy,
};

async function measure(args: string[], signal: AbortSignal): Promise<boolean> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: { quick: { type: 'boolean', default: false }, out: { type: 'string' } },
  });
  const [name = ''] = positionals;
  const bench = BENCHES[name];
  if (bench === undefined || positionals.length > 1)
    throw new NetverdictError(
      'NV_USAGE',
      `no benchmark "${positionals.join(' ')}": ${Object.keys(BENCHES).join(', ')}`,
    );
  // Before the run: what it writes is no change of the code that was measured.
  const made = provenance(['npm run bench --', ...args].join(' '));
  const progress = (line: string): void => void process.stderr.write(`${line}\n`);
  const { title, page, data, met } = await bench({ quick: values.quick, signal, progress });
  const head = `Made by \`${made.command}\` at ${made.commit ?? 'no commit'} on Linux ${made.kernel}, ${made.cpus} × ${made.cpu}.`;
  const text = [`# ${title}`, '', head, '', ...page, ''].join('\n');
  process.stdout.write(text);
  save(values.out ?? `docs/results/${name}`, text, { made, ...data });
  return met;
}

const signal = interruption();
try {
  process.exitCode = (await measure(process.argv.slice(2), signal)) ? 0 : 1;
} catch (error) {
  const failure = error instanceof NetverdictError ? error : undefined;
  const reason = signal.aborted
    ? 'interrupted'
    : String(failure?.message ?? (error as Error).stack);
  process.stderr.write(`bench: ${reason}\n`);
  process.exitCode = signal.aborted ? 1 : (failure?.exitCode ?? 1);
}
