import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Command, Option } from 'commander';
import { STREAMS } from '../../primitives/common/schema/streams.js';
import { addClientOptions, type ClientFlags, get } from '../client.js';

type ExportFlags = ClientFlags & { format: 'arrow' | 'parquet'; out: string };

export function registerExport(program: Command): void {
  addClientOptions(program.command('export').description('write every record of an analyzer out'))
    .addOption(new Option('--format <format>').choices(['arrow', 'parquet']).default('parquet'))
    .requiredOption('--out <dir>', 'folder for one file per record stream, and the incidents')
    .action(exportAll);
}

async function exportAll(flags: ExportFlags): Promise<void> {
  await mkdir(flags.out, { recursive: true });
  for (const { name } of STREAMS) {
    const bytes = await get(flags, `/v1/export/${name}?format=${flags.format}`);
    const file = join(flags.out, `${name}.${flags.format}`);
    await writeFile(file, bytes);
    process.stdout.write(`${file} ${bytes.length} bytes\n`);
  }
  const incidents = join(flags.out, 'incidents.json');
  await writeFile(incidents, await get(flags, '/v1/incidents?limit=1000'));
  process.stdout.write(`${incidents}\n`);
}
