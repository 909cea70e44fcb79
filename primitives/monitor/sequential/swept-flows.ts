import type { Column, ColumnBatch, Row } from '../../common/schema/columns.js';

/** Samples a response up to which they are the first of each turn: they tell the pace of the peer. */
const SAMPLES_A_TURN = 2;
const TCP = 6;

const IDENTITY = ['tap_role', 'ifindex', 'src', 'dst', 'src_port', 'dst_port', 'protocol'] as const;

/** What of one sweep's `flow_interval` rows the sequential tests look at; no object is made for a row. */
export class SweptFlows {
  readonly length: number;
  readonly src: readonly string[];
  readonly dst: readonly string[];
  readonly #ifindex: Uint32Array;
  readonly #role: readonly string[];
  readonly #srcPort: Uint16Array;
  readonly #dstPort: Uint16Array;
  readonly #protocol: Uint8Array;
  readonly #rttSumNs: Float64Array;
  readonly #rttExact: Uint32Array;
  readonly #responseSumNs: Float64Array;
  readonly #segments: Uint32Array;
  readonly #resent: Uint32Array;
  /** Responses to requests of this direction. */
  readonly responses: Uint32Array;

  constructor(private readonly batch: ColumnBatch) {
    const column = <T extends Column>(name: string): T => batch.columns[name] as T;
    const sum = (name: string): Float64Array => asNumbers(column<BigUint64Array>(name));
    this.length = batch.length;
    this.src = column('src');
    this.dst = column('dst');
    this.#ifindex = column('ifindex');
    this.#role = column('tap_role');
    this.#srcPort = column('src_port');
    this.#dstPort = column('dst_port');
    this.#protocol = column('protocol');
    this.#rttSumNs = sum('rtt_sum_ns');
    this.#rttExact = column('rtt_exact');
    this.#responseSumNs = sum('response_sum_ns');
    this.responses = column('responses');
    this.#segments = column('data_segments');
    this.#resent = column('retransmitted_segments');
  }

  /** Both ports as a small integer, which a map finds several times sooner than a larger number. */
  ports(row: number): number {
    return ((this.#srcPort[row] ?? 0) << 16) | (this.#dstPort[row] ?? 0);
  }

  /** Interface and protocol in one number. */
  tap(row: number): number {
    return (this.#ifindex[row] ?? 0) * 256 + (this.#protocol[row] ?? 0);
  }

  isUplink(row: number): boolean {
    return this.#role[row] === 'uplink';
  }

  /** RTT samples that tell of the path; 0 where they only tell of the peer's next turn. */
  rttSamples(row: number): number {
    const exact = this.#rttExact[row] ?? 0;
    if (exact === 0) return 0;
    const turns = Math.max(this.responses[row] ?? 0, this.responses[this.#reverse(row)] ?? 0);
    return exact > SAMPLES_A_TURN * turns ? exact : 0;
  }

  rttMeanNs(row: number): number {
    return (this.#rttSumNs[row] ?? 0) / (this.#rttExact[row] ?? 1);
  }

  responseMeanNs(row: number): number {
    return (this.#responseSumNs[row] ?? 0) / (this.responses[row] ?? 1);
  }

  /** TCP segments with data. */
  segments(row: number): number {
    return this.#protocol[row] === TCP ? (this.#segments[row] ?? 0) : 0;
  }

  resent(row: number): number {
    return this.#resent[row] ?? 0;
  }

  /** The columns of an alert that say which flow it speaks of. */
  identity(row: number): Row {
    return Object.fromEntries(
      IDENTITY.map((name) => [name, this.batch.columns[name]?.[row] ?? '']),
    );
  }

  /** The other direction of the same flow at the same tap is its neighbour, if it changed at all. */
  #reverse(row: number): number {
    const is = (other: number): boolean =>
      this.#ifindex[other] === this.#ifindex[row] &&
      this.#srcPort[other] === this.#dstPort[row] &&
      this.#dstPort[other] === this.#srcPort[row] &&
      this.src[other] === this.dst[row] &&
      this.dst[other] === this.src[row];
    return is(row + 1) ? row + 1 : is(row - 1) ? row - 1 : -1;
  }
}

/** Exact below 2^53; a BigInt for each value would cost as much as the tests. */
function asNumbers(values: BigUint64Array): Float64Array {
  const halves = new Uint32Array(values.buffer, values.byteOffset, values.length * 2);
  const numbers = new Float64Array(values.length);
  for (let row = 0; row < numbers.length; row++) {
    numbers[row] = (halves[2 * row] ?? 0) + (halves[2 * row + 1] ?? 0) * 2 ** 32;
  }
  return numbers;
}
