import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type Command, Option } from 'commander';
import { type StreamName, STREAMS } from '../../primitives/common/schema/streams.js';
import type { Incident } from '../../analyzer/incidents/incident.js';
import { type Partition, partitionPath } from '../../analyzer/store/partition.js';
import { addClientOptions, type ClientFlags, get, getJson } from '../client.js';

type ExportFlags = ClientFlags & { format: 'arrow' | 'parquet'; out: string; incident?: string };

export function registerExport(program: Command): void {
  addClientOptions(program.command('export').description('write every record of an analyzer out'))
    .addOption(new Option('--format <format>').choices(['arrow', 'parquet']).default('parquet'))
    .option('--incident <id>', 'this incident and what its verdict was read from, in one file')
    .requiredOption('--out <dir>', 'folder for STREAM/date=DAY/host=HOST, and the incidents')
    .addHelpText('after', '\nWhat it writes is what `replay` and `query --from` read.')
    .action((flags: ExportFlags) =>
      flags.incident === undefined ? exportAll(flags) : exportOne(flags, flags.incident),
    );
}

async function exportAll(flags: ExportFlags): Promise<void> {
  // Before the records: none of those that they were read from may be younger.
  await write(flags, 'incidents.json', JSON.stringify({ incidents: await incidentsOf(flags) }));
  for (const { name } of STREAMS) await exportStream(flags, name);
}

/** A folder a day and host; none of a stream without records. */
async function exportStream(flags: ExportFlags, stream: StreamName): Promise<void> {
  const { format } = flags;
  const { partitions } = await getJson<{ partitions: Partition[] }>(
    flags,
    `/v1/export/${stream}/partitions`,
  );
  for (const partition of partitions) {
    const { date, host } = partition;
    const query = new URLSearchParams({ format, date, ...(host === null ? {} : { host }) });
    await write(
      flags,
      join(stream, partitionPath(partition), `data.${format}`),
      await get(flags, `/v1/export/${stream}?${query.toString()}`),
    );
  }
}

async function exportOne(flags: ExportFlags, id: string): Promise<void> {
  await write(
    flags,
    `${id}.json`,
    await get(flags, `/v1/incidents/${encodeURIComponent(id)}/bundle`),
  );
}

async function incidentsOf(flags: ExportFlags): Promise<Incident[]> {
  const all: Incident[] = [];
  let cursor: string | null = '';
  while (cursor !== null) {
    const after: string = cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`;
    const page: { incidents: Incident[]; next: string | null } = await getJson(
      flags,
      `/v1/incidents?limit=1000${after}`,
    );
    all.push(...page.incidents);
    cursor = page.next;
  }
  return all;
}

async function write({ out }: ExportFlags, name: string, content: Buffer | string): Promise<void> {
  const file = join(out, name);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, content);
  process.stdout.write(`${file} ${Buffer.byteLength(content)} bytes\n`);
}
