/** Stands for the analyzer: takes everything, gives no command, counts what came. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

export class Sink {
  readonly #server: Server;
  #bytes = 0;

  private constructor() {
    this.#server = createServer((request, response) => {
      if (request.method === 'GET') {
        response.write('{"type":"ping"}\n');
        return;
      }
      request.on('data', (part: Buffer) => (this.#bytes += part.length));
      request.on('end', () => response.writeHead(204).end());
    });
  }

  static async open(): Promise<Sink> {
    const sink = new Sink();
    await new Promise<void>((resolve) => sink.#server.listen(0, '127.0.0.1', resolve));
    return sink;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Bodies received so far. */
  get bytes(): number {
    return this.#bytes;
  }

  close(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }
}
