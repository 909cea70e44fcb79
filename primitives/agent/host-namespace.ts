import { NetverdictError } from '../common/errors/index.js';
import { Netns } from '../common/loader/index.js';

/** The network namespace that is the host for this agent; the process itself stays where it is. */
export function openHostNamespace(nameOrPath?: string): Netns {
  try {
    return Netns.open(nameOrPath);
  } catch (error) {
    if (!(error instanceof NetverdictError)) throw error;
    // A wrong --netns is a wrong argument.
    throw new NetverdictError(error.code, error.message, { exitCode: 2, cause: error });
  }
}
