import { SILENT } from './delay-drift.js';
import type { Group } from './group.js';
import type { SweptFlows } from './swept-flows.js';

/** Sweeps without a row after which a flow is forgotten: two minutes, ten seconds for one that was seen few times. */
const FORGET_AFTER = 240;
const FORGET_YOUNG_AFTER = 20;
const YOUNG = 32;
/** Forgetting walks over all flows, a part of them at each sweep. */
const WALK_SWEEPS = 16;
const LEAST_STEPS = 256;
const END = 'end';

/** One direction of a flow at one tap: the handles of its tests. */
export interface WatchedFlow {
  rtt: number;
  response: number;
  loss: number;
  /** Sweep that saw it last, and how many did. */
  seen: number;
  sweeps: number;
}

/** All flows of one protocol from one address to another, as one tap sees them. */
interface Pair {
  readonly flows: Map<number, WatchedFlow>;
  /** Undefined until a pod's tap asks for it. */
  group?: Group;
}

type Pairs = Map<string, Map<string, Pair>>;

/** The flows under test, by tap and protocol, addresses, and ports. */
export class FlowBook {
  readonly #taps = new Map<number, Pairs>();
  #flows = 0;
  #sweep = 0;
  readonly #walk = this.#forgetIdle();

  constructor(
    private readonly most: number,
    private readonly forget: (flow: WatchedFlow) => void,
    private readonly forgetGroup: (group: Group) => void,
  ) {}

  beginSweep(): void {
    this.#sweep++;
    for (let steps = LEAST_STEPS + this.#flows / WALK_SWEEPS; steps > 0; steps--)
      if (this.#walk.next().value === END) break;
  }

  pair(flows: SweptFlows, row: number): Pair {
    const tap = flows.tap(row);
    const src = flows.src[row] ?? '';
    const dst = flows.dst[row] ?? '';
    return this.#taps.get(tap)?.get(src)?.get(dst) ?? this.#addPair(tap, src, dst);
  }

  /** Undefined when there are as many flows as may be. */
  flow(pair: Pair, ports: number): WatchedFlow | undefined {
    let flow = pair.flows.get(ports);
    if (flow === undefined) {
      if (this.#flows >= this.most) return undefined;
      flow = unseen();
      pair.flows.set(ports, flow);
      this.#flows++;
    }
    flow.seen = this.#sweep;
    flow.sweeps++;
    return flow;
  }

  #addPair(tap: number, src: string, dst: string): Pair {
    const pairs: Pairs = this.#taps.get(tap) ?? new Map<string, Map<string, Pair>>();
    const from = pairs.get(src) ?? new Map<string, Pair>();
    const pair = { flows: new Map<number, WatchedFlow>() };
    this.#taps.set(tap, pairs.set(src, from.set(dst, pair)));
    return pair;
  }

  /** Goes round for ever, a flow a step; END after each round. */
  *#forgetIdle(): Generator<typeof END | undefined> {
    for (;;) {
      for (const [tap, pairs] of this.#taps) {
        for (const [src, from] of pairs) {
          for (const [dst, pair] of from) {
            yield* this.#forgetIdleOf(pair);
            if (pair.flows.size > 0) continue;
            if (pair.group) this.forgetGroup(pair.group);
            from.delete(dst);
          }
          if (from.size === 0) pairs.delete(src);
        }
        if (pairs.size === 0) this.#taps.delete(tap);
      }
      yield END;
    }
  }

  *#forgetIdleOf({ flows }: Pair): Generator<undefined> {
    for (const [ports, flow] of flows) {
      const idle = this.#sweep - flow.seen;
      if (idle > (flow.sweeps < YOUNG ? FORGET_YOUNG_AFTER : FORGET_AFTER)) {
        flows.delete(ports);
        this.#flows--;
        this.forget(flow);
      }
      yield;
    }
  }
}

const unseen = (): WatchedFlow => ({
  rtt: SILENT,
  response: SILENT,
  loss: SILENT,
  seen: 0,
  sweeps: 0,
});
