import { isIP } from 'node:net';
import { NetverdictError } from '../primitives/common/errors/index.js';

interface End {
  readonly address: string;
  readonly port: number;
}

/** A direction of data, as it is typed: `10.0.1.2:40000>10.0.2.2:8000`, with `->` or `→` as well. */
export interface TypedFlow {
  readonly src: string;
  readonly src_port: number;
  readonly dst: string;
  readonly dst_port: number;
}

export function parseFlow(text: string): TypedFlow {
  const [from, to, ...more] = text.split(/\s*(?:->|>|→)\s*/).map(end);
  if (!from || !to || more.length > 0)
    throw new NetverdictError(
      'NV_USAGE',
      `"${text}" is no flow: ADDRESS:PORT>ADDRESS:PORT, of IPv6 [ADDRESS]:PORT`,
    );
  return { src: from.address, src_port: from.port, dst: to.address, dst_port: to.port };
}

function end(text: string): End | null {
  const [, bracketed, plain, digits] =
    /^(?:\[([^\]]+)\]|([^:]+)):(\d{1,5})$/.exec(text.trim()) ?? [];
  const address = bracketed ?? plain ?? '';
  const port = Number(digits);
  return isIP(address) === (bracketed === undefined ? 4 : 6) && port <= 65_535
    ? { address, port }
    : null;
}
