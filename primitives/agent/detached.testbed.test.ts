import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { artifact } from '../common/artifacts.js';
import { makeVethPair, type VethPair } from '../common/loader/fixture/veth.js';
import { PROBES } from '../tracer/probes.js';

const FLOW = { src: '192.0.2.1', src_port: 1, dst: '192.0.2.2', dst_port: 2, protocol: 6 };
const WITHIN_MS = 10_000;

let pair: VethPair;
let agent: ChildProcess;
let control: ServerResponse | undefined;
let port = 0;
let analyzer: Server;

/** Takes everything, and lets the test give commands. */
async function openAnalyzer(): Promise<void> {
  analyzer = createServer((request, response) => {
    if (request.url?.startsWith('/v1/control/')) {
      control = response;
      response.write('{"type":"ping"}\n');
    } else request.resume().once('end', () => response.writeHead(204).end());
  });
  analyzer.listen(port, '127.0.0.1');
  await once(analyzer, 'listening');
  ({ port } = analyzer.address() as AddressInfo);
}

function closeAnalyzer(): void {
  control = undefined;
  analyzer.close();
  analyzer.closeAllConnections();
}

beforeAll(async () => {
  pair = await makeVethPair('detached');
  await openAnalyzer();
  const cli = ['--import', 'tsx', artifact('cli/main.ts'), 'agent', '--host-id', 'h'];
  const where = ['--analyzer', `http://127.0.0.1:${port}`, '--netns', pair.left];
  agent = spawn(process.execPath, [...cli, ...where], { stdio: 'ignore' });
});

afterAll(async () => {
  agent.kill('SIGKILL');
  closeAnalyzer();
  await pair.destroy();
});

async function arm(seconds: number): Promise<void> {
  await vi.waitFor(() => expect(control).toBeDefined(), { timeout: WITHIN_MS });
  control?.write(`${JSON.stringify({ type: 'arm', incident: 'i', flows: [FLOW], seconds })}\n`);
  await attached(PROBES.length);
}

/** Programs that the agent has at tracepoints now, as the kernel tells of its open files. */
function programs(): number[] {
  const folder = `/proc/${agent.pid ?? 0}/fdinfo`;
  const told = readdirSync(folder).map((fd) => {
    try {
      return readFileSync(`${folder}/${fd}`, 'utf8');
    } catch {
      return ''; // closed meanwhile
    }
  });
  return told
    .filter((text) => /^link_type:\s+(?:tracing|raw_tracepoint)$/m.test(text))
    .map((text) => Number(/^prog_id:\s+(\d+)$/m.exec(text)?.[1]));
}

const attached = (count: number): Promise<void> =>
  vi.waitFor(() => expect(programs()).toHaveLength(count), { timeout: WITHIN_MS });

it('has no program at a tracepoint before a flow is armed, nor after it was disarmed', async () => {
  await vi.waitFor(() => expect(control).toBeDefined(), { timeout: WITHIN_MS });
  expect(programs()).toEqual([]);
  await arm(60);
  control?.write('{"type":"disarm","incident":"i"}\n');
  await attached(0);
}, 30_000);

it('detaches by itself when the seconds are over', async () => {
  await arm(1);
  await attached(0);
}, 30_000);

it('detaches when the analyzer is gone', async () => {
  await arm(60);
  closeAnalyzer();
  await attached(0);
  await openAnalyzer();
}, 30_000);

it('leaves nothing attached when it is killed', async () => {
  await arm(60);
  const were = new Set(programs());
  agent.kill('SIGKILL');
  await once(agent, 'exit');
  await vi.waitFor(() => {
    const links = JSON.parse(
      execFileSync('bpftool', ['-j', 'link', 'show'], { encoding: 'utf8' }),
    ) as { prog_id?: number }[];
    expect(links.filter(({ prog_id }) => were.has(prog_id ?? 0))).toEqual([]);
  });
}, 30_000);
