/** Two namespaces joined by a veth pair, each with a processor of its own: the shortest path between two hosts. */
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { NetverdictError } from '../../primitives/common/errors/index.js';
import { batch } from '../../primitives/common/loader/iproute2.js';
import { Processes } from './processes.js';
import { cleanLeftovers, refuseLiving, remove } from './remove.js';
import { inNamespace } from './shell.js';
import { owned, save, type State } from './state.js';
import { steering } from './steering.js';

export const PAIR_DEVICE = 'eth0';

export interface PairEnd {
  readonly netns: string;
  readonly address: string;
  readonly cpu: number;
}

export class Pair {
  readonly processes = new Processes();
  readonly client: PairEnd;
  readonly server: PairEnd;
  #destroyed = false;

  private constructor(private readonly state: State) {
    const [client = '', server = ''] = state.namespaces;
    this.client = { netns: client, address: '192.0.2.1', cpu: 0 };
    this.server = { netns: server, address: '192.0.2.2', cpu: 1 };
  }

  /** As `Testbed.build`: owned by this process, leaves nothing behind when it fails. */
  static async build(id: string): Promise<Pair> {
    if (cpus().length < 2)
      throw new NetverdictError('NV_CAPABILITY_MISSING', 'two processors are needed, one an end');
    refuseLiving(id);
    await cleanLeftovers();
    const state = owned({
      id,
      namespaces: [`nv-${id}-client`, `nv-${id}-server`],
      cgroup: `/sys/fs/cgroup/cpu/nv-${id}`,
      folder: join(tmpdir(), `netverdict-${id}-${process.pid}`),
      congestionControl: null,
    });
    save(state);
    const pair = new Pair(state);
    try {
      await pair.#make();
    } catch (error) {
      await pair.destroy();
      throw error;
    }
    return pair;
  }

  /** Ends its processes and removes its namespaces; may be called twice. */
  async destroy(): Promise<void> {
    if (this.#destroyed) return;
    this.#destroyed = true;
    await this.processes.endAll();
    await remove(this.state);
  }

  async #make(): Promise<void> {
    const { client, server } = this;
    await batch('ip', [
      `netns add ${client.netns}`,
      `netns add ${server.netns}`,
      `link add ${PAIR_DEVICE} netns ${client.netns} type veth peer name ${PAIR_DEVICE} netns ${server.netns}`,
    ]);
    await Promise.all([client, server].map(bringUp));
  }
}

/** Reno, which every namespace may use: the init namespace's default may pace. */
async function bringUp({ netns, address, cpu }: PairEnd): Promise<void> {
  const up = [
    'link set lo up',
    `address add ${address}/24 dev ${PAIR_DEVICE}`,
    `link set ${PAIR_DEVICE} up`,
  ];
  await batch('ip', up, netns);
  await inNamespace(netns, 'echo reno > /proc/sys/net/ipv4/tcp_congestion_control');
  await inNamespace(netns, steering([PAIR_DEVICE], cpu));
}
