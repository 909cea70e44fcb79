import { type NftRuleset, nftRuleset } from '../../common/loader/index.js';
import type { ColumnBatch, Row } from '../../common/schema/columns.js';
import { type DroppedPacket, droppingRule } from './match.js';

/** Rules are read again, and drops of a flow named again, after so long. */
const FRESH_MS = 1000;
/** What a namespace drops for all its flows alike is told of some. */
const MOST_AT_ONCE = 16;
const UDP = 17;

interface Drop {
  readonly timeNs: bigint;
  readonly netns: number;
  readonly packet: DroppedPacket;
}

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
    const drops: Drop[] = [];
    for (let row = 0; row < batch.length && drops.length < MOST_AT_ONCE; row++)
      if (reasons[row]?.includes('NETFILTER')) {
        const drop = dropAt(batch, row);
        if (this.#isNew(drop, nowMs)) drops.push(drop);
      }
    if (drops.length > 0) void this.#name(drops, nowMs);
  }

  #isNew({ netns, packet }: Drop, nowMs: number): boolean {
    const { src, dst, src_port, dst_port, protocol } = packet;
    const key = [netns, src, src_port, dst, dst_port, protocol].join(' ');
    if (this.#named.has(key)) return false;
    this.#named.set(key, nowMs);
    return true;
  }

  async #name(drops: readonly Drop[], nowMs: number): Promise<void> {
    const rows = await Promise.all(drops.map((drop) => this.#nameOne(drop, nowMs)));
    this.tell(rows.filter((row) => row !== null));
  }

  async #nameOne({ timeNs, netns, packet }: Drop, nowMs: number): Promise<Row | null> {
    const ruleset = await this.#rulesOf(netns, nowMs);
    if (ruleset === null) return null;
    // What was dropped inside a tunnel is known by its inner header: rules see the outer one.
    const rule = droppingRule(ruleset, packet) ?? droppingRule(ruleset, { protocol: UDP });
    return rule === null ? null : { time_ns: timeNs, netns, rule };
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

function dropAt({ columns }: ColumnBatch, row: number): Drop {
  const text = (name: string): string => (columns[name] as readonly string[])[row] ?? '';
  const number = (name: string): number => Number(columns[name]?.[row]);
  return {
    timeNs: (columns['time_ns'] as BigUint64Array)[row] ?? 0n,
    netns: number('netns'),
    packet: {
      src: text('src'),
      dst: text('dst'),
      src_port: number('src_port'),
      dst_port: number('dst_port'),
      protocol: number('protocol'),
    },
  };
}
