/** Exit codes of every command: 0 done, 1 failed, 2 usage, 3 missing capability. */
export type ExitCode = 1 | 2 | 3;

interface CatalogueEntry {
  readonly exitCode: ExitCode;
  readonly meaning: string;
}

/** Every error that netverdict reports by name. */
export const ERRORS = {
  NV_USAGE: { exitCode: 2, meaning: 'A command, option or argument is not understood.' },
  NV_UNKNOWN_SCENARIO: { exitCode: 2, meaning: 'No fault scenario has that id.' },
  NV_UNKNOWN_TABLE: { exitCode: 2, meaning: 'No record stream has that name.' },
  NV_NOT_FOUND: { exitCode: 1, meaning: 'What was asked for does not exist.' },
  NV_CAPABILITY_MISSING: {
    exitCode: 3,
    meaning: 'This kernel, this user or this machine lacks something that is needed.',
  },
  NV_NOT_BUILT: { exitCode: 3, meaning: 'A built file is missing; `npm run setup` makes it.' },
  NV_TOOL_MISSING: { exitCode: 3, meaning: 'A program that netverdict runs is not installed.' },
  NV_TOOL_FAILED: { exitCode: 1, meaning: 'A program that netverdict ran ended with an error.' },
  NV_LOAD_FAILED: { exitCode: 1, meaning: 'The kernel did not accept an eBPF object.' },
  NV_ATTACH_FAILED: { exitCode: 1, meaning: 'An eBPF program could not be attached.' },
  NV_NETNS_NOT_FOUND: { exitCode: 1, meaning: 'No network namespace has that name or path.' },
  NV_INTERFACE_NOT_FOUND: { exitCode: 1, meaning: 'No interface has that name.' },
  NV_CLOSED: { exitCode: 1, meaning: 'Something was used after it was closed.' },
  NV_PORT_IN_USE: { exitCode: 1, meaning: 'Another process listens at that address.' },
  NV_ANALYZER_UNREACHABLE: { exitCode: 1, meaning: 'The analyzer does not answer.' },
  NV_UNAUTHORIZED: { exitCode: 1, meaning: 'The token is missing or wrong.' },
  NV_SCHEMA_MISMATCH: { exitCode: 1, meaning: 'Records are not of the schema of their stream.' },
  NV_BAD_QUERY: { exitCode: 1, meaning: 'A query is refused: not SQL, or not read-only.' },
  NV_STORE_FAILED: { exitCode: 1, meaning: 'The data directory cannot be used.' },
  NV_TESTBED_FAILED: { exitCode: 1, meaning: 'The testbed could not be built.' },
  NV_TIMEOUT: { exitCode: 1, meaning: 'Something did not happen in the time it has.' },
  NV_INTERNAL: { exitCode: 1, meaning: 'A rule of the program itself was broken.' },
} as const satisfies Record<string, CatalogueEntry>;

export type ErrorCode = keyof typeof ERRORS;

export interface ErrorOptions {
  /** Overrides the exit code of the catalogue. */
  readonly exitCode?: ExitCode;
  readonly cause?: unknown;
}

/** An expected failure: its message names what was wrong, quotes the value, and fits on one line. */
export class NetverdictError extends Error {
  override readonly name = 'NetverdictError';
  readonly code: ErrorCode;
  readonly exitCode: ExitCode;

  constructor(code: ErrorCode, message: string, options: ErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.exitCode = options.exitCode ?? ERRORS[code].exitCode;
  }
}
