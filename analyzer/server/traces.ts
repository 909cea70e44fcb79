import type { ControlMessage, FlowKey } from '../incidents/engine.js';
import type { LevelProbes } from '../incidents/level-probes.js';
import { probesOf } from '../incidents/probes.js';
import { translationsOf } from '../ledgers/translations.js';
import { NetverdictError } from '../../primitives/common/errors/index.js';
import type { Store } from '../store/database.js';

/** Each costs the hosts of its flow what an incident does. */
const MOST_AT_ONCE = 8;

export interface Armed {
  readonly id: string;
  /** By its true addresses. */
  readonly flow: FlowKey;
  /** Told to trace it: those at its ends, or all where nobody has its addresses. */
  readonly hosts: string[];
}

/** Its agent has not said that it traces anything. */
const NOT_ARMED = {
  level: 'all',
  attached: [],
  absent: [{ probe: 'all', reason: 'its agent has armed nothing' }],
};

interface HostRow {
  readonly host: string;
}

interface Control {
  send(host: string, message: ControlMessage): void;
  hosts(): string[];
}

/** Flows that somebody asked to be traced: armed at the agents like those of incidents, for a bounded time. */
export class Traces {
  readonly #ends: number[] = [];
  #sequence = 0;

  constructor(
    private readonly store: Pick<Store, 'query'>,
    private readonly control: Control,
  ) {}

  /** The flow by its true addresses: it may be asked for by a service's. */
  async trueFlow(asked: FlowKey): Promise<FlowKey> {
    return (await this.#translations(asked)).trueFlow(asked);
  }

  async arm(asked: FlowKey, seconds: number): Promise<Armed> {
    const translations = await this.#translations(asked);
    const flow = translations.trueFlow(asked);
    const hosts = await this.#hostsOf(flow);
    if (hosts.length === 0)
      throw new NetverdictError('NV_NOT_FOUND', 'no agent listens that could trace the flow');
    this.#take(seconds);
    const id = `trace-${Date.now()}-${++this.#sequence}`;
    const flows = translations.tuplesOf(flow).map((tuple) => ({ ...tuple, connection: 0 }));
    for (const host of hosts)
      this.control.send(host, { type: 'arm', incident: id, flows, seconds });
    return { id, flow, hosts };
  }

  /** What tells of the flow on the hosts of its ends, and what does not: as it was when they were armed last. */
  async probes(flow: FlowKey): Promise<LevelProbes[]> {
    const hosts = await this.#hostsOf(flow);
    const told = await probesOf(this.store);
    return hosts.flatMap((host) => {
      const own = told.filter((levels) => levels.host === host);
      return own.length > 0 ? own : [{ host, ...NOT_ARMED }];
    });
  }

  #translations(asked: FlowKey): ReturnType<typeof translationsOf> {
    const toNs = BigInt(Date.now()) * 1_000_000n;
    return translationsOf(this.store, { fromNs: toNs, toNs }, [asked]);
  }

  async #hostsOf({ src, dst }: FlowKey): Promise<string[]> {
    const now = BigInt(Date.now()) * 1_000_000n;
    const owners = (await this.store.query(
      `SELECT DISTINCT host FROM stg_owner
       WHERE address IN ($src, $dst) AND from_ns <= $now::BIGINT AND until_ns > $now::BIGINT`,
      { src, dst, now },
    )) as unknown as HostRow[];
    const connected = this.control.hosts();
    const known = owners.map(({ host }) => host).filter((host) => connected.includes(host));
    return known.length > 0 ? known.sort() : connected;
  }

  #take(seconds: number): void {
    const now = Date.now();
    const running = this.#ends.filter((end) => end > now);
    if (running.length >= MOST_AT_ONCE)
      throw new NetverdictError('NV_USAGE', `${MOST_AT_ONCE} flows are being traced: wait for one`);
    this.#ends.splice(0, this.#ends.length, ...running, now + seconds * 1000);
  }
}
