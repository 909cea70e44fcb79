/** What an agent loads and does on each host, all but sending. */
import type { Pair } from '../../experiments/testbed/pair.js';
import { inNamespace } from '../../experiments/testbed/shell.js';
import { Primitives } from '../../primitives/agent/primitives.js';
import { NetverdictError } from '../../primitives/common/errors/index.js';
import { type FlowTuple, tupleText } from '../../primitives/common/bpf/flow-key.js';
import type { ColumnBatch } from '../../primitives/common/schema/columns.js';
import { toArrow } from '../../primitives/common/schema/arrow-encode.js';
import type { Host, Hosts } from './hosts.js';
import type { Opened } from './opened.js';

/** As often as the agent: `DEFAULT_SWEEP_MS` and `DRAIN_EVERY_MS`. */
const SWEEP_MS = 500;
const DRAIN_MS = 200;
const TCP = 6;

/** @param armed how many of the flows are traced. */
export async function openNetverdict(hosts: Hosts, armed: number): Promise<Opened> {
  const agents: Agent[] = [];
  const close = (): void => {
    for (const agent of agents) agent.close();
  };
  try {
    for (const host of hosts.all) agents.push(await Agent.open(host));
  } catch (error) {
    close();
    throw error;
  }
  return {
    async attach() {
      const flows = armed === 0 ? [] : await busyFlows(hosts.pair, armed);
      for (const agent of agents) agent.attach(flows);
      return { detach: () => Promise.resolve(agents.reduce((sum, a) => sum + a.detach(), 0)) };
    },
    close,
  };
}

class Agent {
  #timers: NodeJS.Timeout[] = [];

  private constructor(
    private readonly primitives: Primitives,
    private readonly tap: { ifname: string; ifindex: number; role: 'uplink'; pod: string },
  ) {}

  static async open({ name, end, netns, target }: Host): Promise<Agent> {
    const { ifname, ifindex } = target;
    const nameOf = (): string => ifname;
    const primitives = await Primitives.open({ hostId: name, netns, cpus: [end.cpu], nameOf });
    primitives.onAlert(encode);
    return new Agent(primitives, { ifname, ifindex, role: 'uplink', pod: '' });
  }

  attach(flows: readonly FlowTuple[]): void {
    this.primitives.attach(this.tap);
    this.primitives.setScope([], [this.tap]);
    if (flows.length > 0) this.primitives.trace(flows, []);
    const sweep = setInterval(() => this.#sweep(), SWEEP_MS);
    const drain = setInterval(() => this.#drain(), flows.length > 0 ? DRAIN_MS : SWEEP_MS);
    this.#timers = [sweep, drain];
  }

  /** Answers how many records the tracer gave up. */
  detach(): number {
    for (const timer of this.#timers) clearInterval(timer);
    this.primitives.trace([], []);
    this.primitives.detach(this.tap);
    this.#sweep();
    this.#drain();
    return this.primitives.tracerLosses().reduce((sum, { records }) => sum + Number(records), 0);
  }

  close(): void {
    this.primitives.close();
  }

  #sweep(): void {
    for (const batch of this.primitives.sweep()) encode(batch);
  }

  #drain(): void {
    for (const batch of this.primitives.drain()) encode(batch);
  }
}

const encode = (batch: ColumnBatch): void => void (batch.length > 0 && toArrow(batch));

const LOOKS = 20;

/** Connections of the client that now and then have something to send: not the one over which iperf3 talks. */
async function busyFlows({ client, server }: Pair, count: number): Promise<FlowTuple[]> {
  const busy = new Map<string, FlowTuple>();
  for (let look = 0; look < LOOKS && busy.size < count; look++) {
    const table = await inNamespace(client.netns, 'cat /proc/self/net/tcp');
    for (const ports of sendingPorts(table)) {
      const flow = { src: client.address, dst: server.address, protocol: TCP, ...ports };
      busy.set(tupleText(flow), flow);
    }
  }
  if (busy.size >= count) return [...busy.values()].slice(0, count);
  throw new NetverdictError('NV_INTERNAL', `${busy.size} busy flows, ${count} are to be traced`);
}

const ESTABLISHED = '01';

/** Of /proc/net/tcp: established connections whose send queue is not empty. */
function sendingPorts(table: string): Pick<FlowTuple, 'src_port' | 'dst_port'>[] {
  return table
    .split('\n')
    .slice(1)
    .map((line) => line.trim().split(/\s+/))
    .filter(([, , , state, queues = '']) => state === ESTABLISHED && !/^0+:/.test(queues))
    .map(([, local = '', remote = '']) => ({ src_port: portOf(local), dst_port: portOf(remote) }));
}

const portOf = (end: string): number => Number.parseInt(end.split(':')[1] ?? '', 16);
