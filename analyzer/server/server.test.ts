import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { get, type IncomingMessage } from 'node:http';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import pino from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { temporaryFolder } from './fixtures.js';
import { type AnalyzerOptions, type RunningAnalyzer, startAnalyzer } from './server.js';

let folder: string;
const running: RunningAnalyzer[] = [];

beforeEach(() => {
  folder = temporaryFolder();
});

afterEach(async () => {
  for (const analyzer of running.splice(0)) await analyzer.stop();
  rmSync(folder, { recursive: true });
});

async function start(
  listen: string,
  more: Partial<AnalyzerOptions> = {},
): Promise<RunningAnalyzer> {
  const log = pino({ enabled: false });
  const analyzer = await startAnalyzer({ listen, data: join(folder, 'data'), log, ...more });
  running.push(analyzer);
  return analyzer;
}

const open = (socketPath: string, path: string): Promise<IncomingMessage> =>
  new Promise((resolve, reject) => {
    get({ socketPath, path, agent: false }, resolve).on('error', reject);
  });

async function* lines(stream: IncomingMessage): AsyncGenerator<string> {
  yield* createInterface({ input: stream });
}

describe('listening', () => {
  it('on a port says where', async () => {
    const { address } = await start('127.0.0.1:0');
    expect((await fetch(`${address}/readyz`)).status).toBe(200);
  });

  it('on a taken port names it', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => other.once('listening', resolve));
    const { port } = other.address() as { port: number };
    await expect(start(`127.0.0.1:${port}`)).rejects.toMatchObject({
      code: 'NV_PORT_IN_USE',
      message: `another process listens at 127.0.0.1:${port}`,
    });
    other.close();
  });

  it('on a unix socket takes over one that nobody answers on, and no other', async () => {
    const path = join(folder, 'a.sock');
    const { address, stop } = await start(`unix:${path}`);
    expect(address).toBe(`unix:${path}`);
    expect((await open(path, '/healthz')).statusCode).toBe(200);
    const second = start(`unix:${path}`, { data: join(folder, 'other') });
    await expect(second).rejects.toMatchObject({ code: 'NV_PORT_IN_USE' });
    expect((await open(path, '/healthz')).statusCode).toBe(200);
    running.length = 0;
    await stop();
    expect(existsSync(path)).toBe(false);
  });

  it('refuses what is no address, no socket, or open to others without a token', async () => {
    await expect(start('nonsense')).rejects.toMatchObject({ code: 'NV_USAGE' });
    await expect(start('0.0.0.0:0')).rejects.toThrow(/--token-file/);
    const file = join(folder, 'file');
    writeFileSync(file, '');
    await expect(start(`unix:${file}`)).rejects.toThrow(/is no socket/);
    expect(existsSync(file)).toBe(true);
  });
});

describe('control stream', () => {
  it('pings, and gives way to a newer one of the same host', async () => {
    const path = join(folder, 'a.sock');
    await start(`unix:${path}`);
    const older = lines(await open(path, '/v1/control/a'));
    expect(JSON.parse(String((await older.next()).value))).toEqual({ type: 'ping' });
    const newer = lines(await open(path, '/v1/control/a'));
    expect(JSON.parse(String((await newer.next()).value))).toEqual({ type: 'ping' });
    expect((await older.next()).done).toBe(true);
    const metrics = lines(await open(path, '/metrics'));
    const seen: string[] = [];
    for await (const line of metrics) seen.push(line);
    expect(seen).toContain('netverdict_hosts_connected 1');
  });

  it('does not hold up a stop', async () => {
    const path = join(folder, 'a.sock');
    const { stop } = await start(`unix:${path}`);
    const control = await open(path, '/v1/control/a');
    const events = await open(path, '/v1/events');
    const ended = [control, events].map(
      (stream) => new Promise((resolve) => stream.on('close', resolve).resume()),
    );
    const started = performance.now();
    running.length = 0;
    await stop();
    await Promise.all(ended);
    expect(performance.now() - started).toBeLessThan(2000);
  });
});
