import type { Command } from 'commander';
import type { Incident } from '../../analyzer/incidents/incident.js';
import { addClientOptions, type ClientFlags, getJson } from '../client.js';
import { table } from '../table.js';

export function registerIncidents(program: Command): void {
  addClientOptions(
    program.command('incidents').description('list the incidents of an analyzer, newest first'),
  )
    .option('--json', 'print them whole, as JSON')
    .action(async (flags: ClientFlags & { json?: boolean }) => {
      const { incidents } = await getJson<{ incidents: Incident[] }>(flags, '/v1/incidents');
      process.stdout.write(
        flags.json ? `${JSON.stringify(incidents, null, 2)}\n` : listing(incidents),
      );
    });
}

function listing(incidents: readonly Incident[]): string {
  if (incidents.length === 0) return 'No incident.\n';
  return table(
    ['id', 'opened', 'state', 'verdict', 'cause', 'confidence'],
    incidents.map(({ id, opened_at, state, verdict }) => [
      id,
      opened_at.slice(0, 19),
      state,
      verdict ? `${verdict.domain} ${verdict.host ?? ''}`.trim() : '',
      verdict?.cause ?? '',
      verdict ? `${Math.round(verdict.confidence * 100)} %` : '',
    ]),
  );
}
