#!/usr/bin/env node
import { readFileSync } from 'node:fs';
import { Command } from 'commander';
import { artifact } from '../primitives/common/artifacts.js';
import { registerAgent } from './commands/agent.js';
import { registerAnalyzer } from './commands/analyzer.js';
import { registerBench } from './commands/bench.js';
import { registerDemo } from './commands/demo.js';
import { registerDoctor } from './commands/doctor.js';
import { registerExperiment } from './commands/experiment.js';
import { registerExport } from './commands/export.js';
import { registerFigures } from './commands/figures.js';
import { registerFlows } from './commands/flows.js';
import { registerIncidents } from './commands/incidents.js';
import { registerQuery } from './commands/query.js';
import { registerReplay } from './commands/replay.js';
import { registerReport } from './commands/report.js';
import { registerRun } from './commands/run.js';
import { registerTrace } from './commands/trace.js';
import { failure } from './failure.js';

function program(): Command {
  const netverdict = new Command('netverdict')
    .description('says whose fault a slow, lossy or dead connection is, with proof')
    .version(packageVersion())
    .exitOverride()
    .configureOutput({ outputError: () => undefined });
  for (const register of [
    registerDemo,
    registerAgent,
    registerAnalyzer,
    registerRun,
    registerIncidents,
    registerReport,
    registerFlows,
    registerTrace,
    registerQuery,
    registerExport,
    registerReplay,
    registerExperiment,
    registerBench,
    registerFigures,
    registerDoctor,
  ]) {
    register(netverdict);
  }
  return netverdict;
}

function packageVersion(): string {
  const { version } = JSON.parse(readFileSync(artifact('package.json'), 'utf8')) as {
    version: string;
  };
  return version;
}

function end(error: unknown): never {
  const { exitCode, line } = failure(error);
  if (line !== '') process.stderr.write(`${line}\n`);
  process.exit(exitCode);
}

/** `netverdict flows | head`: the reader has seen enough. */
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0);
  end(error);
});
process.on('uncaughtException', end);

try {
  await program().parseAsync();
  // A pipe may not have taken all of it yet.
  process.stdout.write('', () => process.exit());
} catch (error) {
  end(error);
}
