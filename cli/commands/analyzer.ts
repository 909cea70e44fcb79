import type { Command } from 'commander';
import type { AnalyzerOptions } from '../../analyzer/server/server.js';
import { runUntilSignal } from '../lifetime.js';
import { readToken, wholeNumber } from '../options.js';

interface AnalyzerFlags {
  listen: string;
  data: string;
  tokenFile?: string;
  retention?: number;
  netflow?: string;
  sflow?: string;
}

export function registerAnalyzer(program: Command): void {
  program
    .command('analyzer')
    .description('collect what the agents of a cluster see and give verdicts')
    .requiredOption('--listen <address>', 'HOST:PORT or unix:PATH')
    .requiredOption('--data <folder>', 'where the records and incidents are kept')
    .option('--token-file <file>', 'file with the token that every caller must show')
    .option('--retention <seconds>', 'how long records are kept', wholeNumber(1))
    .option('--netflow <address>', 'HOST:PORT for NetFlow v5, v9 and IPFIX of switches and routers')
    .option('--sflow <address>', 'HOST:PORT for their sFlow v5')
    .action(async (flags: AnalyzerFlags) => {
      const { startAnalyzer } = await import('../../analyzer/server/server.js');
      const options = analyzerOptions(flags);
      await runUntilSignal(() => startAnalyzer(options));
    });
}

export function analyzerOptions({
  listen,
  data,
  tokenFile,
  retention,
  netflow,
  sflow,
}: AnalyzerFlags): AnalyzerOptions {
  return {
    listen,
    data,
    ...(tokenFile !== undefined && { token: readToken(tokenFile) }),
    ...(retention !== undefined && { retentionSeconds: retention }),
    ...(netflow !== undefined && { netflow }),
    ...(sflow !== undefined && { sflow }),
  };
}
