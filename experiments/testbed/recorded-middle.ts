/** A testbed whose middle has an analyzer that its routers can reach, with agents on all hosts. */
import { request } from 'node:http';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Incident } from '../../analyzer/incidents/incident.js';
import { startAgent } from '../../primitives/agent/agent.js';
import { artifact } from '../../primitives/common/artifacts.js';
import { Testbed } from './index.js';
import { NETFLOW_PORT, SFLOW_PORT } from './network-exporter.js';
import { HOST_IDS } from './plan.js';

const READY_WITHIN_MS = 15_000;

export class RecordedMiddle {
  readonly #undo: (() => Promise<unknown>)[] = [];
  readonly #socketPath: string;

  private constructor(readonly testbed: Testbed) {
    this.#socketPath = join(testbed.folder, 'analyzer.sock');
    this.#undo.push(() => testbed.destroy());
  }

  static async build(id: string): Promise<RecordedMiddle> {
    const middle = new RecordedMiddle(await Testbed.build({ id }));
    try {
      await middle.#start();
    } catch (error) {
      await middle.destroy();
      throw error;
    }
    return middle;
  }

  async #start(): Promise<void> {
    const { testbed } = this;
    const analyzer = `unix:${this.#socketPath}`;
    const options = [
      ...['--listen', analyzer, '--data', join(testbed.folder, 'data')],
      ...['--netflow', `127.0.0.1:${NETFLOW_PORT}`, '--sflow', `127.0.0.1:${SFLOW_PORT}`],
    ];
    const main = artifact('cli/main.ts');
    testbed.processes.spawn([process.execPath, '--import', 'tsx', main, 'analyzer', ...options], {
      netns: testbed.plan.middle,
    });
    await until(() => this.ask('/readyz'), READY_WITHIN_MS);
    for (const hostId of HOST_IDS) {
      const { netns, cpu } = testbed.host(hostId);
      const agent = await startAgent({ hostId, analyzer, netns, cpus: [cpu] });
      this.#undo.push(() => agent.stop());
    }
  }

  ask(path: string, body?: object): Promise<string> {
    return new Promise((resolve, reject) => {
      const headers = { 'content-type': 'application/json' };
      const options = { socketPath: this.#socketPath, path };
      const asked = request({ ...options, ...(body && { method: 'POST', headers }) }, (answer) => {
        text(answer).then(resolve, reject);
      });
      asked.on('error', reject).end(body && JSON.stringify(body));
    });
  }

  async query(sql: string): Promise<Record<string, unknown>[]> {
    const { rows } = JSON.parse(await this.ask('/v1/query', { sql })) as { rows?: [] };
    return rows ?? [];
  }

  async incidents(): Promise<Incident[]> {
    return (JSON.parse(await this.ask('/v1/incidents')) as { incidents: Incident[] }).incidents;
  }

  async destroy(): Promise<void> {
    for (const step of this.#undo.splice(0).reverse()) await step();
  }
}

/** Asks again until there is an answer. */
export async function until<T>(ask: () => Promise<T | undefined>, withinMs: number): Promise<T> {
  for (const deadline = Date.now() + withinMs; Date.now() < deadline; await sleep(100)) {
    const answer = await ask().catch(() => undefined);
    if (answer !== undefined) return answer;
  }
  throw new Error(`not within ${withinMs} ms`);
}
