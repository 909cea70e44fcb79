import { NetverdictError } from '../../primitives/common/errors/index.js';
import { runTool } from '../../primitives/common/loader/tool.js';

/** Runs a shell script inside a network namespace, with that namespace's /sys. */
export async function inNamespace(netns: string, script: string): Promise<string> {
  return run(['ip', 'netns', 'exec', netns, 'sh', '-ec', script], `in ${netns}: `);
}

/** In a process group of its own: a Ctrl-C at the terminal is the testbed's to handle, not its tools'. */
export async function run(command: readonly string[], where = ''): Promise<string> {
  const { output, complaint, code } = await runTool(command, { detached: true });
  if (code === 0) return output;
  const quoted = (command.at(-1) ?? '').split('\n')[0];
  throw new NetverdictError('NV_TESTBED_FAILED', `${where}${quoted}: ${complaint.trim()}`);
}
