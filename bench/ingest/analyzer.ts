/** An analyzer as it is installed, in a process of its own, and what it says of its looks. */
import type { ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Incident } from '../../analyzer/incidents/incident.js';
import { Processes } from '../../experiments/testbed/processes.js';
import { AnalyzerClient } from '../../primitives/agent/analyzer-client.js';
import { artifact } from '../../primitives/common/artifacts.js';
import { NetverdictError } from '../../primitives/common/errors/index.js';

const READY_WITHIN_MS = 15_000;

/** A judgement of a case, as the analyzer's log tells. */
export interface Look {
  readonly ms: number;
  /** How much older what it knew was than the question. */
  readonly late: number;
}

export class Analyzer {
  readonly looks: Look[] = [];
  readonly #folder = mkdtempSync(join(tmpdir(), 'nvt-ingest-'));
  readonly #processes = new Processes();
  readonly #child: ChildProcess;
  readonly #closing = new AbortController();
  readonly #client = new AnalyzerClient(this.address, undefined);

  private constructor() {
    const analyzer = [process.execPath, artifact('dist/cli/main.js'), 'analyzer'];
    const places = ['--listen', this.address, '--data', join(this.#folder, 'data')];
    this.#child = this.#processes.spawn(['env', 'NETVERDICT_LOG=debug', ...analyzer, ...places], {
      stderr: 'pipe',
    });
    const { stderr } = this.#child;
    if (stderr) createInterface(stderr).on('line', (line) => this.#hear(line));
  }

  static async start(): Promise<Analyzer> {
    const analyzer = new Analyzer();
    const deadline = Date.now() + READY_WITHIN_MS;
    while (Date.now() < deadline) {
      if (await analyzer.incidents().catch(() => null)) return analyzer;
      await sleep(50);
    }
    await analyzer.stop();
    throw new NetverdictError('NV_TIMEOUT', 'the analyzer does not answer');
  }

  get address(): string {
    return `unix:${join(this.#folder, 'socket')}`;
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** As an agent that obeys nothing. */
  async connect(host: string): Promise<void> {
    const commands = await this.#client.stream(`/v1/control/${host}`, this.#closing.signal);
    commands.on('error', () => undefined).resume();
  }

  async incidents(): Promise<Incident[]> {
    const answer = await this.#client.stream('/v1/incidents', this.#closing.signal);
    const parts: Buffer[] = [];
    for await (const part of answer) parts.push(part as Buffer);
    return (JSON.parse(Buffer.concat(parts).toString()) as { incidents: Incident[] }).incidents;
  }

  async stop(): Promise<void> {
    this.#closing.abort();
    this.#client.close();
    await this.#processes.end(this.#child, 5000);
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #hear(line: string): void {
    if (!line.startsWith('{')) return;
    const { msg, ms, late } = JSON.parse(line) as { msg?: string } & Partial<Look>;
    if (msg === 'judged' && ms !== undefined && late !== undefined) this.looks.push({ ms, late });
  }
}
