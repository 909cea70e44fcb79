/** What was exported: a folder of tables with their incidents, or bundles of one incident each. */
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Value } from 'typebox/value';
import { NetverdictError } from '../../primitives/common/errors/index.js';
import { isStreamName } from '../../primitives/common/schema/columns.js';
import { type StreamName, STREAMS } from '../../primitives/common/schema/streams.js';
import { Incident } from '../incidents/incident.js';
import type { Bundle } from '../server/bundle.js';
import { EXPORT_FORMATS } from '../store/export.js';
import type { Records } from './records.js';

export interface Source {
  readonly incidents: readonly Incident[];
  readonly load: (into: Records) => Promise<void>;
}

const INCIDENTS = 'incidents.json';

/** @param path a folder of an export or of bundles, or one bundle. */
export function sourcesAt(path: string): Source[] {
  if (!existsSync(path)) throw new NetverdictError('NV_NOT_FOUND', `nothing is at "${path}"`);
  if (!statSync(path).isDirectory()) return [bundleAt(path)];
  if (existsSync(join(path, INCIDENTS))) return [exportAt(path)];
  const bundles = readdirSync(path).filter((name) => name.endsWith('.json'));
  if (bundles.length === 0)
    throw new NetverdictError('NV_NOT_FOUND', `"${path}" holds no ${INCIDENTS} and no bundle`);
  return bundles.sort().map((name) => bundleAt(join(path, name)));
}

function exportAt(folder: string): Source {
  const { incidents } = parsed<{ incidents?: unknown }>(join(folder, INCIDENTS));
  return {
    incidents: Array.isArray(incidents) ? incidents.map((one) => incidentOf(one, folder)) : [],
    load: async (records) => {
      for (const { name } of STREAMS) {
        const files = filesOf(folder, name);
        for (const file of files)
          if (file.endsWith('.parquet')) await records.addParquet(name, file);
          else await records.addArrow(name, readFileSync(file));
        if (files.length > 1) await records.sort(name);
      }
    },
  };
}

/** One file, or one a day and host. */
function filesOf(folder: string, stream: StreamName): string[] {
  for (const format of EXPORT_FORMATS) {
    const file = join(folder, `${stream}.${format}`);
    if (existsSync(file)) return [file];
  }
  const partitions = join(folder, stream);
  if (!existsSync(partitions)) return [];
  const names = readdirSync(partitions, { recursive: true, encoding: 'utf8' }).sort();
  for (const format of EXPORT_FORMATS) {
    const files = names.filter((name) => name.endsWith(`.${format}`));
    if (files.length > 0) return files.map((name) => join(partitions, name));
  }
  return [];
}

function bundleAt(file: string): Source {
  const { incident, records: tables = {} } = parsed<Partial<Bundle>>(file);
  return {
    incidents: [incidentOf(incident, file)],
    load: async (records) => {
      const folder = mkdtempSync(join(tmpdir(), 'netverdict-replay-'));
      try {
        for (const [name, text] of Object.entries(tables)) {
          if (!isStreamName(name)) continue;
          const table = join(folder, name);
          writeFileSync(table, text, 'base64');
          await records.addParquet(name, table);
        }
      } finally {
        rmSync(folder, { recursive: true });
      }
    },
  };
}

function parsed<T>(file: string): T {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as T;
  } catch (cause) {
    throw new NetverdictError('NV_SCHEMA_MISMATCH', `${file} is no JSON`, { cause });
  }
}

function incidentOf(value: unknown, from: string): Incident {
  if (Value.Check(Incident, value)) return value;
  const [first] = Value.Errors(Incident, value);
  const where = first ? `: ${first.instancePath} ${first.message}` : '';
  throw new NetverdictError('NV_SCHEMA_MISMATCH', `${from} holds what is no incident${where}`);
}
