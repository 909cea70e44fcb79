/** Traffic of one character on ports known beforehand: each command runs where the caller wants it. */
import { script } from '../script.js';

export type Character = 'stream' | 'rpc' | 'dribble';

export interface ClientCommand {
  readonly host: string;
  readonly port: number;
  /** Of the client's connections, which take consecutive ones. */
  readonly firstPort: number;
  readonly flows: number;
  readonly mode: Character;
  readonly seconds: number;
  /** Between two requests or writes. */
  readonly pauseMs: number;
}

/** Prints a line when it listens. */
export const serverCommand = (port: number, mode: Character): string[] => [
  ...script(import.meta.url, 'server'),
  ...[String(port), mode],
];

/** Ends when its connections are closed. */
export function clientCommand(options: ClientCommand): string[] {
  const { host, port, firstPort, flows, mode, seconds, pauseMs } = options;
  return [
    ...script(import.meta.url, 'client'),
    ...[host, String(port), String(firstPort), String(flows)],
    ...[mode, String(seconds), String(pauseMs)],
  ];
}
