/** Templates of NetFlow v9 (RFC 3954) and IPFIX (RFC 7011): the layout of the records that follow. */
import { addressLength, ELEMENT, fits, isFloat, SKIPPED, wanted } from './elements.js';
import type { Reader } from './reader.js';
import { Malformed } from './record.js';

const MOST_FIELDS = 128;
/** IPFIX: the length stands before each value. */
const VARIABLE = 0xffff;
const ENTERPRISE = 0x8000;

export type Dialect = 'netflow9' | 'ipfix';

/** Values of one record, by element. */
export interface Values {
  readonly numbers: ReadonlyMap<number, number>;
  readonly addresses: ReadonlyMap<number, string>;
}

export class Template {
  /** Of a record: what is shorter is padding. */
  readonly leastLength: number;

  private constructor(
    /** Pairs of element and length. */
    private readonly fields: Uint16Array,
    readonly describesOptions: boolean,
  ) {
    let length = 0;
    for (let at = 1; at < fields.length; at += 2)
      length += fields[at] === VARIABLE ? 1 : (fields[at] ?? 0);
    if (length === 0) throw new Malformed('template');
    this.leastLength = length;
  }

  static read(reader: Reader, count: number, dialect: Dialect, scopes: number | null): Template {
    if (count > MOST_FIELDS) throw new Malformed('template_limit');
    const fields = new Uint16Array(2 * count);
    for (let field = 0; field < count; field++) {
      // Scopes of v9 are numbered on their own.
      const isScope = dialect === 'netflow9' && field < (scopes ?? 0);
      const [element, length] = readField(reader, dialect);
      fields[2 * field] = isScope ? SKIPPED : element;
      fields[2 * field + 1] = length;
      if (!isScope && length !== VARIABLE && !fits(element, length))
        throw new Malformed('template');
    }
    return new Template(fields, scopes !== null);
  }

  /** Whether records tell of traffic between two addresses; others are of no use here. */
  get describesFlows(): boolean {
    const has = (...elements: number[]): boolean =>
      elements.some((element) => this.fields.some((f, at) => at % 2 === 0 && f === element));
    return (
      ((has(ELEMENT.srcV4) && has(ELEMENT.dstV4)) || (has(ELEMENT.srcV6) && has(ELEMENT.dstV6))) &&
      has(ELEMENT.octets, ELEMENT.postOctets, ELEMENT.octetTotal)
    );
  }

  values(reader: Reader): Values {
    const numbers = new Map<number, number>();
    const addresses = new Map<number, string>();
    for (let at = 0; at < this.fields.length; at += 2) {
      const element = this.fields[at] ?? SKIPPED;
      const told = this.fields[at + 1] ?? 0;
      const length = told === VARIABLE ? variableLength(reader) : told;
      if (element === SKIPPED) reader.skip(length);
      else if (!fits(element, length)) throw new Malformed('field_length');
      else if (addressLength(element)) addresses.set(element, reader.address(length as 4 | 16));
      else if (isFloat(element)) numbers.set(element, reader.float(length as 4 | 8));
      else numbers.set(element, reader.unsigned(length));
    }
    return { numbers, addresses };
  }
}

function readField(reader: Reader, dialect: Dialect): [element: number, length: number] {
  const element = reader.u16();
  const length = reader.u16();
  if (dialect === 'netflow9') {
    if (length === VARIABLE) throw new Malformed('template');
    return [wanted(element), length];
  }
  if (element < ENTERPRISE) return [wanted(element), length];
  reader.skip(4);
  return [SKIPPED, length];
}

function variableLength(reader: Reader): number {
  const short = reader.u8();
  return short < 255 ? short : reader.u16();
}
