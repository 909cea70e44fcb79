import Table from 'cli-table3';
import type { Command } from 'commander';
import type { Incident } from '../../analyzer/incidents/incident.js';
import { addClientOptions, type ClientFlags, getJson } from '../client.js';

export function registerIncidents(program: Command): void {
  addClientOptions(
    program.command('incidents').description('list the incidents of an analyzer, newest first'),
  )
    .option('--json', 'print them whole, as JSON')
    .action(async (flags: ClientFlags & { json?: boolean }) => {
      const { incidents } = await getJson<{ incidents: Incident[] }>(flags, '/v1/incidents');
      process.stdout.write(
        flags.json ? `${JSON.stringify(incidents, null, 2)}\n` : table(incidents),
      );
    });
}

function table(incidents: readonly Incident[]): string {
  if (incidents.length === 0) return 'No incident.\n';
  const grid = new Table({ head: ['id', 'opened', 'state', 'verdict', 'cause', 'confidence'] });
  for (const { id, opened_at, state, verdict } of incidents)
    grid.push([
      id,
      opened_at.slice(0, 19),
      state,
      verdict ? `${verdict.domain} ${verdict.host ?? ''}`.trim() : '',
      verdict?.cause ?? '',
      verdict ? `${Math.round(verdict.confidence * 100)} %` : '',
    ]);
  return `${grid.toString()}\n`;
}
