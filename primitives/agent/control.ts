import type { IncomingMessage } from 'node:http';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import type { AnalyzerClient } from './analyzer-client.js';
import type { ArmedFlow } from './arming.js';
import type { Log } from './log.js';

/** What the analyzer may ask for, one JSON object a line. */
export type ControlMessage =
  | { type: 'arm'; incident: string; flows: ArmedFlow[]; seconds: number }
  | { type: 'disarm'; incident: string }
  | { type: 'ping' };

const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 2000;
/** A peer that vanished without a word is noticed by TCP. */
const KEEPALIVE_MS = 5000;

export interface ControlListener {
  readonly obey: (message: ControlMessage) => void;
  /** The stream is open, again or for the first time. */
  readonly opened: () => void;
  /** It was open and has ended. */
  readonly closed: () => void;
}

/** Listens to the analyzer's commands until the signal aborts, and reconnects whenever the stream ends. */
export async function followControl(
  client: AnalyzerClient,
  hostId: string,
  listener: ControlListener,
  log: Log,
  signal: AbortSignal,
): Promise<void> {
  let pauseMs = FIRST_PAUSE_MS;
  const opened = (): void => {
    pauseMs = FIRST_PAUSE_MS;
    log.info('control stream open');
    listener.opened();
  };
  const stopped = (): boolean => signal.aborted;
  while (!stopped()) {
    const heard: ControlListener = { ...listener, opened };
    const reason = await listen(client, hostId, heard, log, signal).catch(
      (error: unknown) => (error as Error).message,
    );
    if (stopped()) return;
    log.debug(`control stream: ${reason}`);
    await sleep(pauseMs, undefined, { signal }).catch(() => undefined);
    pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS);
  }
}

/** Answers why the stream ended. */
async function listen(
  client: AnalyzerClient,
  hostId: string,
  { obey, opened, closed }: ControlListener,
  log: Log,
  signal: AbortSignal,
): Promise<string> {
  const answer = await client.stream(`/v1/control/${encodeURIComponent(hostId)}`, signal);
  if (answer.statusCode !== 200) return refusal(answer, log);
  answer.socket.setKeepAlive(true, KEEPALIVE_MS);
  opened();
  try {
    for await (const line of createInterface({ input: answer })) {
      const message = parse(line);
      if (message !== undefined) obey(message);
      else if (line.trim() !== '')
        log.warn(`control message not understood: ${line.slice(0, 200)}`);
    }
  } finally {
    closed();
  }
  return 'ended';
}

function refusal(answer: IncomingMessage, log: Log): string {
  answer.resume();
  const reason = `analyzer answered ${answer.statusCode} to the control stream`;
  log.warn(reason);
  return reason;
}

function parse(line: string): ControlMessage | undefined {
  try {
    const message = JSON.parse(line) as Partial<Extract<ControlMessage, { type: 'arm' }>> | null;
    return isCommand(message) ? (message as ControlMessage) : undefined;
  } catch {
    return undefined;
  }
}

function isCommand(message: Partial<Extract<ControlMessage, { type: 'arm' }>> | null): boolean {
  switch (message?.type as string | undefined) {
    case 'ping':
      return true;
    case 'disarm':
      return typeof message?.incident === 'string';
    case 'arm':
      return (
        typeof message?.incident === 'string' &&
        Array.isArray(message.flows) &&
        typeof message.seconds === 'number'
      );
    default:
      return false;
  }
}
