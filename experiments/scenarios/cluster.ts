/** The real system over a testbed: one analyzer and one agent per host, each a process of its own. */
import type { ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Incident } from '../../analyzer/incidents/incident.js';
import type { Testbed } from '../testbed/index.js';
import { artifact } from '../../primitives/common/artifacts.js';
import type { StreamName } from '../../primitives/common/schema/streams.js';
import { type ErrorCode, ERRORS, NetverdictError } from '../../primitives/common/errors/index.js';

const READY_WITHIN_MS = 15_000;
const BUNDLE_WITHIN_MS = 30_000;

export interface ClusterOptions {
  readonly signal?: AbortSignal;
  /** Folders that the analyzer finds empty. */
  readonly hidden?: readonly string[];
}

export class Cluster {
  readonly #children: ChildProcess[] = [];
  #complaint: NetverdictError | null = null;

  private constructor(
    private readonly testbed: Testbed,
    /** HOST:PORT of the analyzer. */
    readonly listen: string,
  ) {}

  /** Rejects with the signal's reason when it is aborted meanwhile; then, as at any failure, nothing runs on. */
  static async start(
    testbed: Testbed,
    listen: string,
    options: ClusterOptions = {},
  ): Promise<Cluster> {
    const cluster = new Cluster(testbed, listen);
    try {
      await cluster.#start(options);
    } catch (error) {
      await cluster.stop();
      throw error;
    }
    return cluster;
  }

  get url(): string {
    return `http://${this.listen}`;
  }

  async #start({ signal, hidden = [] }: ClusterOptions): Promise<void> {
    const data = join(this.testbed.folder, 'data');
    this.#spawn(['analyzer', '--listen', this.listen, '--data', data], withoutFolders(hidden));
    await this.#until('the analyzer answers', async () => (await this.#get('/readyz')).ok, signal);
    for (const host of Object.values(this.testbed.plan.hosts))
      this.#spawn([
        ...['agent', '--host-id', host.id, '--analyzer', this.url],
        ...['--netns', host.netns, '--cpus', String(host.cpu)],
      ]);
    await this.#until(
      'every agent is connected',
      async () => {
        const body = (await (await this.#get('/v1/hosts')).json()) as {
          hosts: { host: string; connected: boolean }[];
        };
        return body.hosts.filter((h) => h.connected).length === 3;
      },
      signal,
    );
  }

  #spawn(args: readonly string[], prefix: readonly string[] = []): void {
    const child = this.testbed.processes.spawn(
      [...prefix, process.execPath, artifact('dist/cli/main.js'), ...args],
      { stderr: 'pipe' },
    );
    let said = '';
    child.stderr?.on('data', (chunk: Buffer) => {
      said = (said + chunk.toString()).slice(-2000);
      if (process.env['NETVERDICT_DEBUG']) process.stderr.write(chunk);
    });
    child.once('exit', (code) => {
      if (!this.#stopping) this.#complaint = complaintOf(`${args[0]} ended with ${code}`, said);
    });
    this.#children.push(child);
  }

  #stopping = false;

  async #until(what: string, holds: () => Promise<boolean>, signal?: AbortSignal): Promise<void> {
    const deadline = Date.now() + READY_WITHIN_MS;
    while (Date.now() < deadline) {
      signal?.throwIfAborted();
      this.check();
      if (await holds().catch(() => false)) return;
      await sleep(50);
    }
    throw new NetverdictError('NV_TIMEOUT', `${what}: not within ${READY_WITHIN_MS / 1000} s`);
  }

  /** Throws when an agent or the analyzer has ended by itself. */
  check(): void {
    if (this.#complaint !== null) throw this.#complaint;
  }

  #get(path: string, withinMs = 5000): Promise<Response> {
    return fetch(this.url + path, { signal: AbortSignal.timeout(withinMs) });
  }

  async incidents(): Promise<Incident[]> {
    this.check();
    const body = (await (await this.#get('/v1/incidents?limit=100')).json()) as {
      incidents: Incident[];
    };
    return body.incidents;
  }

  /** An incident with all that its verdict was read from, as JSON. */
  async bundle(id: string): Promise<string> {
    return (await this.#get(`/v1/incidents/${id}/bundle`, BUNDLE_WITHIN_MS)).text();
  }

  /** All rows of a record stream. */
  async parquet(stream: StreamName): Promise<Buffer> {
    const response = await this.#get(`/v1/export/${stream}?format=parquet`, BUNDLE_WITHIN_MS);
    return Buffer.from(await response.arrayBuffer());
  }

  /** Rows of a read-only query. */
  async query(sql: string): Promise<Record<string, unknown>[]> {
    this.check();
    const response = await fetch(`${this.url}/v1/query`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ sql }),
      signal: AbortSignal.timeout(5000),
    });
    if (!response.ok)
      throw new NetverdictError(
        'NV_INTERNAL',
        `query: ${response.status} ${await response.text()}`,
      );
    return ((await response.json()) as { rows: Record<string, unknown>[] }).rows;
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    await Promise.all(this.#children.map((child) => this.testbed.processes.end(child, 4000)));
  }
}

/** Runs what follows with nothing in these folders, for itself alone (a mount namespace of its own). */
export const withoutFolders = (folders: readonly string[]): string[] =>
  folders.length === 0
    ? []
    : [
        ...['unshare', '--mount', 'sh', '-c'],
        'while [ "$1" != -- ]; do [ ! -d "$1" ] || mount -t tmpfs -o ro none "$1" || exit; shift; done; shift; exec "$@"',
        ...['sh', ...folders, '--'],
      ];

/** A process that named its error ends the run with the same one. */
function complaintOf(ending: string, said: string): NetverdictError {
  const [, code = '', message = ''] = /^netverdict: (NV_\w+): (.*)$/m.exec(said) ?? [];
  return code in ERRORS
    ? new NetverdictError(code as ErrorCode, message)
    : new NetverdictError('NV_INTERNAL', `${ending}: ${said.trim()}`);
}
