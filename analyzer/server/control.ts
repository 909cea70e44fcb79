import type { ServerResponse } from 'node:http';
import type { ControlMessage } from '../incidents/engine.js';

const PING_MS = 5000;

/** The open control streams, one a host: newline-delimited JSON from the analyzer to its agents. */
export class ControlHub {
  readonly #streams = new Map<string, ServerResponse>();
  readonly #pings: NodeJS.Timeout;
  #changed: (host: string, connected: boolean) => void = () => undefined;

  constructor() {
    this.#pings = setInterval(() => {
      for (const host of this.#streams.keys()) this.send(host, { type: 'ping' });
    }, PING_MS);
    this.#pings.unref();
  }

  /** Called when a host's first stream opens and when its last one ends. */
  onChange(listener: (host: string, connected: boolean) => void): void {
    this.#changed = listener;
  }

  /** Takes over the answer; a newer stream of the same host replaces the older. */
  connect(host: string, stream: ServerResponse): void {
    this.#streams.get(host)?.end();
    this.#streams.set(host, stream);
    stream.on('close', () => {
      if (this.#streams.get(host) !== stream) return;
      this.#streams.delete(host);
      this.#changed(host, false);
    });
    stream.on('error', () => stream.destroy());
    stream.writeHead(200, { 'content-type': 'application/x-ndjson', 'cache-control': 'no-store' });
    this.send(host, { type: 'ping' });
    this.#changed(host, true);
  }

  /** To a host without a stream nothing is sent. */
  send(host: string, message: ControlMessage): void {
    this.#streams.get(host)?.write(`${JSON.stringify(message)}\n`);
  }

  hosts(): string[] {
    return [...this.#streams.keys()];
  }

  close(): void {
    clearInterval(this.#pings);
    for (const stream of this.#streams.values()) stream.end();
  }
}
