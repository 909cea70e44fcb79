import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { withoutFolders } from './cluster.js';

it('hides folders from one process, and from no other', () => {
  const folder = mkdtempSync(join(tmpdir(), 'sealed-'));
  const label = join(folder, 'label.json');
  writeFileSync(label, 'packet_loss');
  try {
    const command = [...withoutFolders([folder, '/no/such/folder']), 'ls', folder];
    expect(execFileSync(command[0] ?? '', command.slice(1), { encoding: 'utf8' })).toBe('');
    expect(readFileSync(label, 'utf8')).toBe('packet_loss');
  } finally {
    rmSync(folder, { recursive: true });
  }
});
