/** A client, a router and a server in namespaces, and the impairments of the router. */
import { mkdirSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { Processes } from './processes.js';
import { cleanLeftovers, refuseLiving, remove, removeNamespaces } from './remove.js';
import { inNamespace } from './shell.js';
import { owned, save, type State } from './state.js';
import { steering } from './steering.js';
import { batch } from '../../primitives/common/loader/iproute2.js';

/** Between runs only one path stands; namespaces of testbeds begin with `nv-`. */
const ID = 'path';
export const CLIENT = `nv-${ID}-client`;
const MIDDLE = `nv-${ID}-middle`;
export const SERVER = `nv-${ID}-server`;

export const CLIENT_ADDRESS = '10.201.1.2';
export const SERVER_ADDRESS = '10.201.2.2';

/** Where a monitor and a capture can stand side by side: no queue between the two. */
export interface Place {
  readonly netns: string;
  readonly ifname: string;
  /** Unlike in the other namespaces, for the monitor keeps taps by it. */
  readonly ifindex: number;
}
export const NEAR_CLIENT: Place = { netns: MIDDLE, ifname: 'to-client', ifindex: 701 };
export const NEAR_SERVER: Place = { netns: SERVER, ifname: 'eth0', ifindex: 702 };

export interface PathOptions {
  /** Segmentation and merging by the devices: then super-packets pass the taps, else one segment a packet. */
  readonly offloads: boolean;
  /** Of the router's link to the server, with a queue of QUEUE_MS; unlimited by default. */
  readonly bottleneckMbit?: number;
  /** Share of the packets to the server that the router drops. */
  readonly lossPercent?: number;
  /** Share of the packets to the server that go past the queue of the bottleneck. */
  readonly overtakingPercent?: number;
  /** The server acknowledges every packet at once, instead of every other or after 40 ms. */
  readonly quickAcks?: boolean;
}

/** What the queue of the bottleneck holds at most, by its rate. */
export const QUEUE_MS = 40;

export class Path {
  readonly processes = new Processes();
  private constructor(private readonly state: State) {}

  /** Takes half a second. Fails with NV_TESTBED_FAILED or NV_TOOL_FAILED and leaves nothing behind. */
  static async build(options: PathOptions): Promise<Path> {
    refuseLiving(ID);
    await cleanLeftovers();
    const namespaces = [CLIENT, MIDDLE, SERVER];
    await removeNamespaces(namespaces);
    const folder = join(tmpdir(), `netverdict-${ID}-${process.pid}`);
    const state = owned({ id: ID, namespaces, cgroup: '', folder, congestionControl: null });
    save(state);
    const path = new Path(state);
    try {
      mkdirSync(folder, { recursive: true });
      await link();
      await impair(options);
      if (!options.offloads) await withoutOffloads();
    } catch (error) {
      await path.destroy();
      throw error;
    }
    return path;
  }

  /** For captures; goes with the path. */
  get folder(): string {
    return this.state.folder;
  }

  async destroy(): Promise<void> {
    await this.processes.endAll();
    await remove(this.state);
  }
}

async function link(): Promise<void> {
  const { ifindex } = NEAR_CLIENT;
  await batch('ip', [
    ...[CLIENT, MIDDLE, SERVER].map((netns) => `netns add ${netns}`),
    `link add to-client index ${ifindex} netns ${MIDDLE} type veth peer name eth0 netns ${CLIENT}`,
    `link add eth0 index ${NEAR_SERVER.ifindex} netns ${SERVER} type veth peer name to-server netns ${MIDDLE}`,
  ]);
  const end = (netns: string, address: string, gateway: string): Promise<void> =>
    batch(
      'ip',
      [
        `address add ${address}/24 dev eth0`,
        'link set eth0 up',
        `route add default via ${gateway}`,
      ],
      netns,
    );
  const middle = [
    ...['address add 10.201.1.1/24 dev to-client', 'address add 10.201.2.1/24 dev to-server'],
    ...['link set to-client up', 'link set to-server up'],
  ];
  await batch('ip', middle, MIDDLE);
  await end(CLIENT, CLIENT_ADDRESS, '10.201.1.1');
  await end(SERVER, SERVER_ADDRESS, '10.201.2.1');
  await inNamespace(MIDDLE, 'echo 1 > /proc/sys/net/ipv4/ip_forward');
  await steer();
}

/** Two processors at one hook show a capture and a monitor different orders; then nobody knows who is right. */
async function steer(): Promise<void> {
  const last = availableParallelism() - 1;
  await Promise.all([
    inNamespace(CLIENT, steering(['eth0'], 0)),
    inNamespace(MIDDLE, steering(['to-client', 'to-server'], 0)),
    inNamespace(SERVER, steering(['eth0'], last)),
  ]);
}

async function impair(options: PathOptions): Promise<void> {
  const { bottleneckMbit, lossPercent, overtakingPercent, quickAcks } = options;
  if (quickAcks) await batch('ip', ['route change default via 10.201.2.1 quickack 1'], SERVER);
  if (bottleneckMbit !== undefined) await batch('tc', queue(bottleneckMbit), MIDDLE);
  if (lossPercent !== undefined) await forwardRule(share(lossPercent), 'drop');
  if (overtakingPercent !== undefined) {
    await forwardRule(share(overtakingPercent), 'meta priority set 1:20');
  }
}

/** Two classes: 1:10 is the bottleneck, with QUEUE_MS of queue, 1:20 goes past it. */
const queue = (mbit: number): string[] => [
  'qdisc add dev to-server root handle 1: htb default 10',
  `class add dev to-server parent 1: classid 1:10 htb rate ${mbit}mbit burst 16kb quantum 60000`,
  'class add dev to-server parent 1: classid 1:20 htb rate 1gbit quantum 60000',
  `qdisc add dev to-server parent 1:10 handle 10: bfifo limit ${mbit * 125 * QUEUE_MS}`,
];

const share = (percent: number): string => `numgen random mod 1000 < ${percent * 10}`;

async function forwardRule(match: string, verdict: string): Promise<void> {
  await inNamespace(
    MIDDLE,
    `nft add table ip path
nft 'add chain ip path forward { type filter hook forward priority 0; }'
nft 'add rule ip path forward oifname to-server ${match} ${verdict}'`,
  );
}

/** `ethtool` alone leaves super-packets of several segments to TC. */
async function withoutOffloads(): Promise<void> {
  const devices = [
    [CLIENT, 'eth0'],
    [MIDDLE, 'to-client'],
    [MIDDLE, 'to-server'],
    [SERVER, 'eth0'],
  ] as const;
  for (const [netns, device] of devices) {
    await inNamespace(
      netns,
      `ethtool -K ${device} tso off gso off gro off > /dev/null
ip link set ${device} gso_max_segs 1`,
    );
  }
}
