import { type NftRuleset, nftRuleset } from '../../common/loader/index.js';
import { type ColumnBatch, rowAt, type Row } from '../../common/schema/columns.js';
import { type DroppedPacket, droppingRule } from './match.js';

/** Rules are read again, and drops of a flow named again, after so long. */
const FRESH_MS = 1000;
/** What a namespace drops for all its flows alike is told of some. */
const MOST_AT_ONCE = 16;
const UDP = 17;

interface Known {
  readonly ruleset: Promise<NftRuleset | null>;
  readonly readAtMs: number;
}

/** Names the rule behind what netfilter dropped: rows of `drop_rule`. Rules are read only when something was dropped. */
export class DropRules {
  readonly #known = new Map<number, Known>();
  readonly #named = new Map<string, number>();

  /**
   * @param pathOf where to find a namespace, by its inode; undefined if it is not in scope.
   * @param tell takes the rows, some milliseconds later.
   */
  constructor(
    private readonly pathOf: (netns: number) => string | undefined,
    private readonly tell: (rows: Row[]) => void,
    private readonly read: (path: string) => Promise<NftRuleset> = nftRuleset,
  ) {}

  /** Hears of every batch of traced records. */
  heed(batch: ColumnBatch, nowMs = performance.now()): void {
    if (batch.stream !== 'packet_event') return;
    const reasons = batch.columns['drop_reason_name'] as readonly string[];
    for (const [key, atMs] of this.#named) if (nowMs - atMs > FRESH_MS) this.#named.delete(key);
    const drops: Row[] = [];
    for (let row = 0; row < batch.length && drops.length < MOST_AT_ONCE; row++)
      if (reasons[row]?.includes('NETFILTER')) {
        const drop = rowAt(batch, row);
        if (this.#isNew(drop, nowMs)) drops.push(drop);
      }
    if (drops.length > 0) void this.#name(drops, nowMs);
  }

  #isNew(drop: Row, nowMs: number): boolean {
    const { src, dst, src_port, dst_port, protocol } = packetOf(drop);
    const key = [Number(drop['netns']), src, src_port, dst, dst_port, protocol].join(' ');
    if (this.#named.has(key)) return false;
    this.#named.set(key, nowMs);
    return true;
  }

  async #name(drops: readonly Row[], nowMs: number): Promise<void> {
    const rows = await Promise.all(drops.map((drop) => this.#nameOne(drop, nowMs)));
    this.tell(rows.filter((row) => row !== null));
  }

  async #nameOne(drop: Row, nowMs: number): Promise<Row | null> {
    const netns = Number(drop['netns']);
    const ruleset = await this.#rulesOf(netns, nowMs);
    if (ruleset === null) return null;
    // What was dropped inside a tunnel is known by its inner header: rules see the outer one.
    const rule = droppingRule(ruleset, packetOf(drop)) ?? droppingRule(ruleset, { protocol: UDP });
    return rule === null ? null : { time_ns: drop['time_ns'] ?? 0n, netns, rule };
  }

  #rulesOf(netns: number, nowMs: number): Promise<NftRuleset | null> {
    const known = this.#known.get(netns);
    if (known && nowMs - known.readAtMs < FRESH_MS) return known.ruleset;
    const path = this.pathOf(netns);
    // Without the tool, or its namespace, drops have no name: the place is known nevertheless.
    const ruleset = path === undefined ? Promise.resolve(null) : this.read(path).catch(() => null);
    this.#known.set(netns, { ruleset, readAtMs: nowMs });
    return ruleset;
  }
}

const textOf = (row: Row, field: string): string => {
  const value = row[field];
  return typeof value === 'string' ? value : '';
};

const packetOf = (drop: Row): DroppedPacket => ({
  src: textOf(drop, 'src'),
  dst: textOf(drop, 'dst'),
  src_port: Number(drop['src_port']),
  dst_port: Number(drop['dst_port']),
  protocol: Number(drop['protocol']),
});
