/**
 * What many live flows cost: real sockets would be too slow to make, so the packets are made here and handed to the
 * programs by BPF_PROG_TEST_RUN, one system call each. Between two packets lies that call, as the rest of the stack
 * does on a live path. Flows take turns packet by packet, so with many of them no flow's entry is still in a cache:
 * the worst case. Few flows are measured in the same way, and only the difference is the number of flows.
 */
import { setImmediate } from 'node:timers/promises';
import { NetverdictError } from '../../primitives/common/errors/index.js';
import type { Netns } from '../../primitives/common/loader/index.js';
import { native } from '../../primitives/common/native/index.js';
import type { BenchOptions } from '../bench.js';
import { turns } from '../harness/turns.js';
import { Bed, type Entrant } from './bed.js';
import { COUNTED } from './contenders.js';
import { ConnectionFrames } from '../harness/connection-frames.js';
import type { Plan } from './plan.js';
import {
  nsPerRun,
  runsBetween,
  TapPrograms,
  withStatistics,
} from '../harness/program-statistics.js';

export const FEW = 32;
export const MANY = 65_536;

/** One slice: MANY packets each way, whatever the number of flows. */
export interface TestRunSample {
  readonly contender: string;
  readonly round: number;
  readonly flows: number;
  readonly egress_ns: number;
  readonly ingress_ns: number;
}

export interface TestRuns {
  readonly samples: readonly TestRunSample[];
  /** By contender: how many of the MANY its table held at the end. */
  readonly held: Readonly<Record<string, number>>;
}

/** The kernel lets test packets come from the loopback device of the caller, which has this index in every namespace. */
const LOOPBACK = { ifindex: 1, ifname: 'lo' };

export async function measureTestRuns(plan: Plan, options: BenchOptions): Promise<TestRuns> {
  const { signal, progress } = options;
  signal.throwIfAborted();
  progress(`${FEW} and ${MANY} flows by test runs, ${plan.testRunRounds} rounds`);
  const bed = await Bed.open(MANY);
  const tracks: Track[] = [];
  try {
    for (const entrant of bed.entrants)
      if (COUNTED.includes(entrant.contender)) tracks.push(new Track(entrant, bed.clientNetns));
    for (const track of tracks) track.connect();
    const samples: TestRunSample[] = [];
    await withStatistics(async () => {
      for (let round = 0; round < plan.testRunRounds; round++)
        for (const track of turns(tracks, round))
          for (const flows of [FEW, MANY]) {
            samples.push({ ...track.measure(flows), round });
            // Signals are heard here.
            await setImmediate();
            signal.throwIfAborted();
          }
    });
    return { samples, held: Object.fromEntries(tracks.flatMap((track) => track.held())) };
  } finally {
    for (const track of tracks) track.detach();
    await bed.close();
  }
}

/** One contender at a loopback device that carries nothing else. */
class Track {
  readonly #frames = new ConnectionFrames(MANY);
  readonly #programs: TapPrograms;
  readonly #detach: () => void;

  constructor(
    private readonly entrant: Entrant,
    { fd }: Netns,
  ) {
    const target = { netns: fd, ...LOOPBACK };
    this.#detach = entrant.opened.attach(target);
    const programs = TapPrograms.at(target);
    if (programs === null)
      throw new NetverdictError('NV_INTERNAL', `${entrant.contender.name} is not at its hooks`);
    this.#programs = programs;
  }

  /** Handshakes, and the first data, which stay one segment ahead of the ACKs from then on. */
  connect(): void {
    for (let flow = 0; flow < MANY; flow++) {
      this.#egress(this.#frames.syn(flow));
      this.#ingress(this.#frames.synAck(flow));
      this.#egress(this.#frames.data(flow));
    }
  }

  measure(flows: number): Omit<TestRunSample, 'round'> {
    const before = this.#programs.read();
    for (let packets = 0; packets < MANY; packets += flows) {
      for (let flow = 0; flow < flows; flow++) this.#egress(this.#frames.data(flow));
      for (let flow = 0; flow < flows; flow++) this.#ingress(this.#frames.ack(flow));
    }
    const { egress, ingress } = runsBetween(before, this.#programs.read());
    return {
      contender: this.entrant.contender.name,
      flows,
      egress_ns: nsPerRun(egress),
      ingress_ns: nsPerRun(ingress),
    };
  }

  held(): [string, number][] {
    const flows = this.entrant.opened.flows();
    return flows === null ? [] : [[this.entrant.contender.name, flows]];
  }

  detach(): void {
    this.#programs.close();
    this.#detach();
  }

  #egress(frame: Uint8Array): void {
    native().programTestRun(this.#programs.egress, frame, 1);
  }

  #ingress(frame: Uint8Array): void {
    native().programTestRun(this.#programs.ingress, frame, 1);
  }
}
