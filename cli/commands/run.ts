import { mkdtempSync, rmSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Command } from 'commander';
import { requireKernel } from '../kernel.js';
import { runUntilSignal, type Running } from '../lifetime.js';
import { wholeNumber } from '../options.js';
import { addAgentOptions, agentOptions, type AgentFlags } from './agent.js';
import { analyzerOptions } from './analyzer.js';

interface RunFlags extends AgentFlags {
  hostId: string;
  listen?: string;
  data: string;
  retention?: number;
}

export function registerRun(program: Command): void {
  addAgentOptions(
    program
      .command('run')
      .description('agent and analyzer in one process, for one host')
      .option('--host-id <id>', 'name of this host', hostname())
      .option('--listen <address>', 'HOST:PORT or unix:PATH (default: a socket in a new folder)')
      .option('--data <folder>', 'where records and incidents are kept', '/var/lib/netverdict')
      .option('--retention <seconds>', 'how long records are kept', wholeNumber(1)),
  ).action(async (flags: RunFlags) => {
    await requireKernel();
    await runUntilSignal(() => startBoth(flags));
  });
}

async function startBoth(flags: RunFlags): Promise<Running> {
  const { startAgent } = await import('../../primitives/agent/agent.js');
  const { startAnalyzer } = await import('../../analyzer/server/server.js');
  const folder = mkdtempSync(join(tmpdir(), 'netverdict-'));
  const listen = flags.listen ?? `unix:${join(folder, 'analyzer.sock')}`;
  const removeFolder = (): void => rmSync(folder, { recursive: true, force: true });
  const stops: (() => Promise<void>)[] = [];
  const stop = async (): Promise<void> => {
    for (const end of stops.reverse()) await end();
    removeFolder();
  };
  try {
    const analyzer = await startAnalyzer(analyzerOptions({ ...flags, listen }));
    stops.push(() => analyzer.stop());
    const agent = await startAgent(agentOptions(flags, flags.hostId, analyzer.address));
    stops.push(() => agent.stop());
  } catch (error) {
    await stop();
    throw error;
  }
  return { stop };
}
