/** Where contenders meet: a pair of namespaces, and every contender's programs loaded. */
import { Pair } from '../../experiments/testbed/pair.js';
import { Netns } from '../../primitives/common/loader/index.js';
import type { Opened } from '../harness/programs.js';
import { type Contender, CONTENDERS } from './contenders.js';

export interface Entrant {
  readonly contender: Contender;
  readonly opened: Opened;
}

export class Bed {
  private constructor(
    readonly pair: Pair,
    readonly clientNetns: Netns,
    readonly entrants: readonly Entrant[],
  ) {}

  /** For so many flows at once. Leaves nothing behind when it fails. */
  static async open(flows: number): Promise<Bed> {
    const pair = await Pair.build('bench');
    const entrants: Entrant[] = [];
    try {
      for (const contender of CONTENDERS)
        entrants.push({ contender, opened: contender.open(flows) });
      return new Bed(pair, Netns.open(pair.client.netns), entrants);
    } catch (error) {
      for (const { opened } of entrants) opened.close();
      await pair.destroy();
      throw error;
    }
  }

  async close(): Promise<void> {
    for (const { opened } of this.entrants) opened.close();
    this.clientNetns.close();
    await this.pair.destroy();
  }
}
