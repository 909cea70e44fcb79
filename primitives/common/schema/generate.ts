/** Writes every form of the record schema; with `--check` only says which are stale. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { artifact } from '../artifacts.js';
import { cHeader } from './emit/c-header.js';
import { layoutModule } from './emit/layout.js';
import { reference } from './emit/reference.js';
import { tables } from './emit/tables.js';

const OUTPUTS: Readonly<Record<string, () => string>> = {
  'primitives/common/schema/gen/records.h': cHeader,
  'primitives/common/schema/gen/layout.ts': layoutModule,
  'primitives/common/schema/gen/tables.sql': tables,
  'docs/records.md': reference,
};

const stale = Object.entries(OUTPUTS).filter(([path, emit]) => present(path) !== emit());
if (process.argv.includes('--check')) {
  for (const [path] of stale) console.error(`${path} is stale: run npm run generate`);
  process.exitCode = stale.length === 0 ? 0 : 1;
} else {
  for (const [path, emit] of stale) {
    mkdirSync(dirname(artifact(path)), { recursive: true });
    writeFileSync(artifact(path), emit());
    console.log(`wrote ${path}`);
  }
}

function present(path: string): string | undefined {
  try {
    return readFileSync(artifact(path), 'utf8');
  } catch {
    return undefined;
  }
}
