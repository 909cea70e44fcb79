/** The two hosts: the ends of a pair, each with what is attached there. */
import { Pair, type PairEnd } from '../../experiments/testbed/pair.js';
import { Netns } from '../../primitives/common/loader/index.js';
import { type Target, targetAt } from '../harness/target.js';

export interface Host {
  readonly name: 'sender' | 'receiver';
  readonly end: PairEnd;
  readonly netns: Netns;
  readonly target: Target;
}

export class Hosts {
  private constructor(
    readonly pair: Pair,
    /** The sender of the data first. */
    readonly all: readonly Host[],
  ) {}

  static async build(): Promise<Hosts> {
    const pair = await Pair.build('bench');
    const hosts: Host[] = [];
    try {
      for (const name of ['sender', 'receiver'] as const) {
        const end = name === 'sender' ? pair.client : pair.server;
        const netns = Netns.open(end.netns);
        hosts.push({ name, end, netns, target: await targetAt(netns, end) });
      }
      return new Hosts(pair, hosts);
    } catch (error) {
      await pair.destroy();
      throw error;
    }
  }

  async destroy(): Promise<void> {
    for (const { netns } of this.all) netns.close();
    await this.pair.destroy();
  }
}
