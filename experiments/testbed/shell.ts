import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { NetverdictError } from '../../primitives/common/errors/index.js';

/** Runs a shell script inside a network namespace, with that namespace's /sys. */
export async function inNamespace(netns: string, script: string): Promise<string> {
  return run(['ip', 'netns', 'exec', netns, 'sh', '-ec', script], `in ${netns}: `);
}

/** In a process group of its own: a Ctrl-C at the terminal is the testbed's to handle, not its tools'. */
export async function run(command: readonly string[], where = ''): Promise<string> {
  const [file = '', ...args] = command;
  const child = spawn(file, args, { stdio: ['ignore', 'pipe', 'pipe'], detached: true });
  const ended = new Promise<number | null>((resolve, reject) => {
    child.once('error', reject).once('close', resolve);
  });
  const [output, complaint, code] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    ended,
  ]).catch((cause: unknown) => {
    throw new NetverdictError('NV_TOOL_MISSING', `${file} cannot be run: is it installed?`, {
      cause,
    });
  });
  if (code === 0) return output;
  const quoted = (args.at(-1) ?? '').split('\n')[0];
  throw new NetverdictError('NV_TESTBED_FAILED', `${where}${quoted}: ${complaint.trim()}`);
}
