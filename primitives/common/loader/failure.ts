import { type ErrorCode, NetverdictError } from '../errors/index.js';

/** What the addon throws. */
export interface NativeError extends Error {
  /** Name of the errno. */
  readonly code: string;
  /** What libbpf or the verifier said. */
  readonly log?: string;
}

/** Runs a native call; its failure becomes a coded error that keeps the native one, log included, as cause. */
export function calling<Result>(code: ErrorCode, call: () => Result): Result {
  try {
    return call();
  } catch (error) {
    const native = error as NativeError;
    const lines = [native.message, verdictOf(native.log)].filter((line) => line !== '');
    throw new NetverdictError(code, lines.join(': '), { cause: error });
  }
}

/** The verifier's closing words: the last line before its statistics. */
function verdictOf(log = ''): string {
  const lines = log.split('\n').map((line) => line.trim());
  const statistics = lines.findIndex((line) => /^processed \d+ insns/.test(line));
  if (statistics > 0) return lines[statistics - 1] ?? '';
  return lines.find((line) => line.startsWith('libbpf: ')) ?? '';
}
