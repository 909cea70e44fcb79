import { type FlowTuple, tupleText } from '../common/bpf/flow-key.js';
import type { ColumnBatch } from '../common/schema/columns.js';

/** Enough for what may be armed; the oldest go. */
const MOST = 8192;

interface End {
  /** Who has sent its FIN. */
  readonly finished: Set<string>;
  overMs: number | undefined;
}

/** Connections that were closed lately: by a FIN of each end, or by an RST. */
export class FlowEnds {
  readonly #ends = new Map<string, End>();

  /** Hears of every batch of a sweep. */
  heed({ stream, length, columns }: ColumnBatch): void {
    if (stream !== 'flow_interval') return;
    const [fins, resets, syns] = ['fins', 'resets', 'syns'].map(
      (name) => columns[name] as Uint32Array,
    );
    for (let row = 0; row < length; row++) {
      const [fin, reset] = [fins?.[row] ?? 0, resets?.[row] ?? 0];
      if (fin + reset > 0) this.#note(tupleAt(columns, row), reset > 0);
      // Its ports are used again.
      else if ((syns?.[row] ?? 0) > 0 && this.#ends.size > 0)
        this.#ends.delete(connectionText(tupleAt(columns, row)));
    }
  }

  /** Since when the connection is over, as performance.now() tells; undefined: it is not, or nobody saw it end. */
  overSince(flow: FlowTuple): number | undefined {
    return this.#ends.get(connectionText(flow))?.overMs;
  }

  #note(flow: FlowTuple, reset: boolean): void {
    const name = connectionText(flow);
    const end = this.#ends.get(name) ?? { finished: new Set<string>(), overMs: undefined };
    end.finished.add(tupleText(flow));
    if (reset || end.finished.size > 1) end.overMs ??= performance.now();
    this.#ends.delete(name);
    this.#ends.set(name, end);
    if (this.#ends.size <= MOST) return;
    const [oldest] = this.#ends.keys();
    if (oldest !== undefined) this.#ends.delete(oldest);
  }
}

const tupleAt = (columns: ColumnBatch['columns'], row: number): FlowTuple => ({
  src: String(columns['src']?.[row]),
  src_port: Number(columns['src_port']?.[row]),
  dst: String(columns['dst']?.[row]),
  dst_port: Number(columns['dst_port']?.[row]),
  protocol: Number(columns['protocol']?.[row]),
});

/** The same text for both directions. */
function connectionText(flow: FlowTuple): string {
  const { src, src_port, dst, dst_port, protocol } = flow;
  const there = tupleText(flow);
  const back = tupleText({ src: dst, src_port: dst_port, dst: src, dst_port: src_port, protocol });
  return there < back ? there : back;
}
