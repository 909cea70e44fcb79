import { fileURLToPath } from 'node:url';

/** The command that runs a script beside the module at `url` (its import.meta.url), built or from source. */
export function script(url: string, name: string, nodeOptions: readonly string[] = []): string[] {
  const source = url.endsWith('.ts');
  const file = fileURLToPath(new URL(`./${name}${source ? '.ts' : '.js'}`, url));
  return [process.execPath, ...nodeOptions, ...(source ? ['--import', 'tsx'] : []), file];
}
