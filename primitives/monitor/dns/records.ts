/** The raw form of an exchange: an entry of the map of waiting queries, and a record of the ring. */
import type { BpfObject } from '../../common/loader/index.js';
import type { ColumnBatch } from '../../common/schema/columns.js';
import { decodeColumn, decodeRecords, recordSize } from '../../common/schema/decode.js';
import { dnsExchange } from '../../common/schema/streams.js';
import { RecordBuffer } from '../record-buffer.js';
import { domainName } from './name.js';

const EXCHANGE_BYTES = recordSize('dns_exchange');

/** `struct nv_dns_pending`, as the compiled object has it. */
export interface DnsLayout {
  readonly bytes: number;
  readonly lastQueryOffset: number;
  readonly nameOffset: number;
  /** Whether names are kept. */
  readonly names: boolean;
}

export function readDnsLayout(object: BpfObject): DnsLayout {
  const variable = (name: string): number => Number(object.variable(name));
  return {
    bytes: variable('nv_dns_pending_bytes'),
    lastQueryOffset: variable('nv_dns_last_query_offset'),
    nameOffset: variable('nv_dns_name_offset'),
    names: variable('nv_dns_names') !== 0,
  };
}

/** Whole raw records, one after the other, as rows of `dns_exchange`. */
export function exchangeBatch(raw: Uint8Array, layout: DnsLayout, host: string): ColumnBatch {
  const exchanges = new RecordBuffer(EXCHANGE_BYTES);
  const name: string[] = [];
  for (let at = 0; at < raw.length; at += layout.bytes) {
    exchanges.push(raw.subarray(at, at + EXCHANGE_BYTES));
    const wire = raw.subarray(at + layout.nameOffset, at + layout.bytes);
    name.push(layout.names ? domainName(wire) : '');
  }
  return decodeRecords('dns_exchange', exchanges.bytes, { host, name });
}

/** When each query was sent for the last time. */
export const lastQueries = (raw: Uint8Array, layout: DnsLayout): BigUint64Array =>
  decodeColumn(
    dnsExchange.kernel.query_ns.type,
    raw,
    layout.bytes,
    layout.lastQueryOffset,
  ) as BigUint64Array;
