import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it, vi } from 'vitest';
import { AnalyzerClient } from './analyzer-client.js';
import { type ControlMessage, followControl } from './control.js';

it('obeys whole commands only, and comes back when the stream ends', async () => {
  const log = { debug: vi.fn(), info: vi.fn(), warn: vi.fn(), error: vi.fn() };
  const asked: string[] = [];
  const answers = [
    '{"type":"ping"}\n{"type":"arm","incident":"i1"}\nnonsense\n{"type":"disarm","incident":"i1"}\n',
    '{"type":"arm","incident":"i2","flows":[],"seconds":5}\n',
  ];
  const server = createServer((request, response) => {
    asked.push(request.url ?? '');
    response.write(answers[asked.length - 1] ?? '{"type":"ping"}\n');
    if (asked.length < 3) response.end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const client = new AnalyzerClient(
    `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    undefined,
  );
  const stop = new AbortController();
  const heard: ControlMessage[] = [];
  const opened = vi.fn();
  const closed = vi.fn();
  const following = followControl(
    client,
    'host a',
    { obey: (message) => void heard.push(message), opened, closed },
    log,
    stop.signal,
  );
  await vi.waitFor(() => expect(asked).toHaveLength(3), { timeout: 3000 });
  stop.abort();
  await following;
  server.closeAllConnections();
  server.close();
  expect(asked[0]).toBe('/v1/control/host%20a');
  expect(heard.slice(0, 3)).toEqual([
    { type: 'ping' },
    { type: 'disarm', incident: 'i1' },
    { type: 'arm', incident: 'i2', flows: [], seconds: 5 },
  ]);
  expect(log.warn).toHaveBeenCalledTimes(2);
  expect(opened).toHaveBeenCalledTimes(3);
  expect(closed).toHaveBeenCalledTimes(3);
});
