import { type Command, Option } from 'commander';
import type { Incident } from '../../analyzer/incidents/incident.js';
import { addClientOptions, type ClientFlags, get, getJson } from '../client.js';
import { renderTerminal } from '../report-terminal.js';

type ReportFlags = ClientFlags & { format?: 'md' | 'json' | 'html' };

export function registerReport(program: Command): void {
  addClientOptions(program.command('report <id>').description('print the report of an incident'))
    .addOption(
      new Option('--format <format>', 'default: for a terminal').choices(['md', 'json', 'html']),
    )
    .action(async (id: string, flags: ReportFlags) => {
      process.stdout.write(await text(id, flags));
    });
}

async function text(id: string, flags: ReportFlags): Promise<string> {
  const path = `/v1/incidents/${encodeURIComponent(id)}`;
  if (flags.format === undefined) return renderTerminal(await getJson<Incident>(flags, path));
  return (await get(flags, `${path}/report?format=${flags.format}`)).toString();
}
