import { createServer, type Server } from 'node:http';
import { type AddressInfo } from 'node:net';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { AnalyzerClient } from './analyzer-client.js';
import { Forwarder } from './forwarder.js';
import type { SpooledBatch } from './spool.js';

const log = { debug: vi.fn(), info: vi.fn(), warn: vi.fn(), error: vi.fn() };
const batch = (stream: SpooledBatch['stream'], text: string, rows = 1): SpooledBatch => ({
  stream,
  rows,
  bytes: Buffer.from(text),
});

interface Post {
  readonly url: string;
  readonly headers: Record<string, unknown>;
  readonly body: string;
}

/** An analyzer that notes what it gets, and answers what `status` says. */
async function listen(
  port: number,
  posts: Post[],
  status: (post: Post) => number = () => 204,
): Promise<Server> {
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      const post = { url: request.url ?? '', headers: request.headers, body };
      posts.push(post);
      response.writeHead(status(post)).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  return server;
}

const portOf = (server: Server): number => (server.address() as AddressInfo).port;

describe('Forwarder', () => {
  let server: Server | undefined;
  let forwarder: Forwarder | undefined;
  const start = (port: number, limits?: { bytes: number; batches: number }): Forwarder => {
    const client = new AnalyzerClient(`http://127.0.0.1:${port}/base`, 'secret');
    return (forwarder = new Forwarder(client, 'host-a', log, limits, () => 42n));
  };
  afterEach(async () => {
    await forwarder?.stop(0);
    server?.closeAllConnections();
    server?.close();
  });

  it('spools while the analyzer is away and delivers in order when it is back, alerts first', async () => {
    const posts: Post[] = [];
    const gone = await listen(0, []);
    const port = portOf(gone);
    await new Promise((resolve) => gone.close(resolve));
    const sender = start(port);
    sender.send(batch('flow_interval', 'f1'));
    sender.send(batch('flow_interval', 'f2'));
    sender.send(batch('alert', 'a1'));
    await new Promise((resolve) => setTimeout(resolve, 100));
    server = await listen(port, posts);
    await vi.waitFor(() => expect(posts).toHaveLength(3), { timeout: 3000 });
    expect(posts.map(({ body }) => body)).toEqual(['a1', 'f1', 'f2']);
    expect(posts[0]).toMatchObject({
      url: '/base/v1/ingest/alert',
      headers: {
        'content-type': 'application/vnd.apache.arrow.stream',
        'x-netverdict-host': 'host-a',
        'x-netverdict-sent-ns': '42',
        'x-netverdict-waited-ns': '0',
        authorization: 'Bearer secret',
      },
    });
  });

  it('drops and counts a refused batch and keeps the rest', async () => {
    const posts: Post[] = [];
    server = await listen(0, posts, ({ body }) => (body === 'bad' ? 422 : 204));
    const sender = start(portOf(server));
    sender.send(batch('flow_interval', 'bad', 7));
    sender.send(batch('flow_interval', 'good'));
    await vi.waitFor(() => expect(posts.map(({ body }) => body)).toEqual(['bad', 'good']));
    expect(sender.takeLosses()).toEqual({ full: 0, rejected: 7 });
    expect(sender.takeLosses()).toEqual({ full: 0, rejected: 0 });
  });

  it('tells how many rows a full spool has pushed out', async () => {
    const sender = start(1, { bytes: 1000, batches: 2 });
    // The first is on its way when the others come.
    for (let sent = 0; sent < 5; sent++) sender.send(batch('flow_interval', 'f', 10));
    await vi.waitFor(() => expect(sender.takeLosses()).toEqual({ full: 20, rejected: 0 }));
  });

  it('sends a batch again when the analyzer fails for a moment', async () => {
    const posts: Post[] = [];
    server = await listen(0, posts, () => (posts.length === 1 ? 503 : 204));
    start(portOf(server)).send(batch('host_info', 'h'));
    await vi.waitFor(() => expect(posts.map(({ body }) => body)).toEqual(['h', 'h']));
  });

  it('refuses an address it cannot use, and quotes it', () => {
    expect(() => new AnalyzerClient('ftp://x', undefined)).toThrow('ftp://x');
  });
});
