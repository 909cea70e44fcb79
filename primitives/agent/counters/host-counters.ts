import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { BatchCommand } from '../batch-command.js';
import { inodeOf, listNamespaces } from '../namespaces.js';
import type { Pod } from '../pods.js';
import { cgroupMounts, cgroupOf, recordCgroups } from './cgroup.js';
import { ChangeLog, type CounterRow } from './change-log.js';
import { recordConntrack } from './conntrack.js';
import { type LinkStatistics, recordDevices } from './device.js';
import { recordNetstat } from './netstat.js';
import { type QdiscStatistics, recordQdiscs } from './qdisc.js';
import { recordSoftnet } from './softnet.js';

const run = promisify(execFile);

/** `object` of what belongs to the host's own namespace. */
const HOST = 'host';
const LOOK_FOR_PROCESSES_EVERY_MS = 5000;
/** By a process of its own each time. */
const READ_LIMITS_EVERY_MS = 60_000;

/** Of all interfaces of the host. */
export interface DeviceReading {
  readonly atMs: number;
  readonly links: readonly LinkStatistics[];
  readonly qdiscs: readonly QdiscStatistics[];
}

/** Reads what the kernel counts anyway, and keeps what changed since the last reading. */
export class HostCounters {
  readonly #log = new ChangeLog();
  readonly #mounts = cgroupMounts();
  readonly #ip: BatchCommand;
  readonly #tc: BatchCommand;
  readonly #cpus: ReadonlySet<number>;
  /** Namespace → a process in it. */
  #processes = new Map<number, number>();
  #devices: DeviceReading = { atMs: 0, links: [], qdiscs: [] };
  #lookedForProcessesMs = 0;
  #readLimitsMs = 0;

  constructor(
    private readonly netnsPath: string,
    cpus: readonly number[],
  ) {
    this.#ip = new BatchCommand(netnsPath, 'ip', ['-s', '-s', '-details']);
    this.#tc = new BatchCommand(netnsPath, 'tc', ['-s']);
    this.#cpus = new Set(cpus);
  }

  /** As last read. */
  get devices(): DeviceReading {
    return this.#devices;
  }

  /** `pids`: processes whose CPU quota matters now. */
  async read(pods: readonly Pod[], pids: Iterable<number>): Promise<CounterRow[]> {
    const [links, qdiscs] = await Promise.all([
      this.#ip.ask<LinkStatistics>('link show'),
      this.#tc.ask<QdiscStatistics>('qdisc show'),
    ]);
    this.#devices = { atMs: Date.now(), links, qdiscs };
    recordDevices(links, this.#log);
    recordQdiscs(qdiscs, this.#log);
    recordSoftnet(readText('/proc/net/softnet_stat'), this.#cpus, this.#log);
    await this.#recordLimits();
    this.#recordHost();
    for (const pod of pods) this.#recordNamespace(this.#processIn(pod), pod.name);
    recordCgroups(
      [...pids].map((pid) => cgroupOf(pid, this.#mounts)),
      this.#mounts,
      this.#log,
    );
    return this.#log.take();
  }

  /** Pods whose sockets cannot be counted: /proc shows a namespace only through a process in it. */
  uncovered(pods: readonly Pod[]): Pod[] {
    return pods.filter((pod) => this.#processIn(pod) === undefined);
  }

  /** Interfaces were renamed or replaced. */
  interfacesChanged(): void {
    this.#ip.restart();
    this.#tc.restart();
  }

  stop(): void {
    this.interfacesChanged();
  }

  /** The `ip` that runs in the host's namespace is the process through which /proc shows it. */
  #recordHost(): void {
    const pid = this.#ip.pid;
    this.#recordNamespace(pid, HOST);
    if (pid === undefined) return;
    const text = readText(`/proc/${pid}/net/stat/nf_conntrack`);
    if (text !== '') recordConntrack(text, HOST, this.#log);
  }

  /** /proc/sys/net shows the namespace of whoever reads it: another process has to. */
  async #recordLimits(nowMs = Date.now()): Promise<void> {
    if (nowMs - this.#readLimitsMs < READ_LIMITS_EVERY_MS) return;
    this.#readLimitsMs = nowMs;
    const max = '/proc/sys/net/netfilter/nf_conntrack_max';
    const answer = await run('nsenter', [`--net=${this.netnsPath}`, 'cat', max]).catch(
      () => undefined,
    );
    if (answer !== undefined) {
      this.#log.gauge('conntrack', HOST, 'max', 'count', Number(answer.stdout));
    }
  }

  #recordNamespace(pid: number | undefined, object: string): void {
    if (pid === undefined) return;
    recordNetstat(readText(`/proc/${pid}/net/netstat`), object, this.#log);
    recordNetstat(readText(`/proc/${pid}/net/snmp`), object, this.#log);
  }

  #processIn({ namespace }: Pod): number | undefined {
    const known = this.#processes.get(namespace.inode) ?? namespace.pid;
    if (known !== undefined && inodeOf(`/proc/${known}/ns/net`) === namespace.inode) return known;
    this.#lookForProcesses();
    return this.#processes.get(namespace.inode);
  }

  #lookForProcesses(nowMs = Date.now()): void {
    if (nowMs - this.#lookedForProcessesMs < LOOK_FOR_PROCESSES_EVERY_MS) return;
    this.#lookedForProcessesMs = nowMs;
    const living = [...listNamespaces().values()].filter(({ pid }) => pid !== undefined);
    this.#processes = new Map(living.map(({ inode, pid }) => [inode, pid ?? 0]));
  }
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
