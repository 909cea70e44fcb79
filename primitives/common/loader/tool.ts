/** A command of the machine, run to its end with all that it says. */
import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { NetverdictError } from '../errors/index.js';

export interface ToolOptions {
  /** Its standard input; without, there is none. */
  readonly input?: string;
  /** In a process group of its own: a Ctrl-C at the terminal does not reach it. */
  readonly detached?: boolean;
}

export interface ToolResult {
  readonly output: string;
  readonly complaint: string;
  /** null when a signal ended it. */
  readonly code: number | null;
}

/** Fails with NV_TOOL_MISSING when the command cannot be started; how it ended is the caller's to judge. */
export async function runTool(
  command: readonly string[],
  { input, detached = false }: ToolOptions = {},
): Promise<ToolResult> {
  const [file = '', ...args] = command;
  const child = spawn(file, args, { stdio: ['pipe', 'pipe', 'pipe'], detached });
  const ended = new Promise<number | null>((resolve, reject) => {
    child.once('error', reject).once('close', resolve);
  });
  child.stdin.on('error', () => undefined).end(input);
  const [output, complaint, code] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    ended,
  ]).catch((cause: unknown) => {
    throw new NetverdictError('NV_TOOL_MISSING', `${file} cannot be run: is it installed?`, {
      cause,
    });
  });
  return { output, complaint, code };
}
