import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { NetverdictError } from '../../primitives/common/errors/index.js';

const run = promisify(execFile);

/** Runs a shell script inside a network namespace, with that namespace's /sys. */
export async function inNamespace(netns: string, script: string): Promise<string> {
  try {
    const { stdout } = await run('ip', ['netns', 'exec', netns, 'sh', '-ec', script]);
    return stdout;
  } catch (cause) {
    const { stderr = '' } = cause as { stderr?: string };
    throw new NetverdictError(
      'NV_TESTBED_FAILED',
      `in ${netns}: ${script.split('\n')[0]}: ${stderr.trim()}`,
      {
        cause,
      },
    );
  }
}
