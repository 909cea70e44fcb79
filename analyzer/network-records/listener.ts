/** UDP sockets for what switches and routers export. */
import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { isIPv6 } from 'node:net';
import { NetverdictError } from '../../primitives/common/errors/index.js';
import { parseListen } from '../server/listen.js';
import type { Store } from '../store/database.js';
import { NetworkRecords, type Sender } from './collector.js';

const STORE_EVERY_MS = 200;
/** The kernel gives what it allows (net.core.rmem_max); what does not fit shows as a gap in sequence numbers. */
const RECEIVE_BUFFER_BYTES = 8 * 1024 * 1024;

/** `HOST:PORT` of each; absent is off. */
export interface ListenerOptions {
  readonly netflow?: string | undefined;
  readonly sflow?: string | undefined;
}

export interface NetworkListener {
  readonly records: NetworkRecords;
  stop(): void;
}

type Take = (datagram: Buffer, sender: Sender, receivedMs: number) => void;

export async function listenToNetwork(
  { netflow, sflow }: ListenerOptions,
  store: Pick<Store, 'append'>,
): Promise<NetworkListener> {
  const records = new NetworkRecords();
  const sockets: Socket[] = [];
  // Of no host: their table has no such column.
  const keep = (): void => {
    store.append(records.drain(), '', BigInt(Date.now()) * 1_000_000n);
  };
  const timer = setInterval(keep, STORE_EVERY_MS);
  timer.unref();
  const stop = (): void => {
    clearInterval(timer);
    for (const socket of sockets) socket.close();
    keep();
  };
  try {
    const takes: [string | undefined, Take][] = [
      [netflow, (...datagram) => records.takeNetflow(...datagram)],
      [sflow, (...datagram) => records.takeSflow(...datagram)],
    ];
    for (const [address, take] of takes)
      if (address !== undefined) sockets.push(await listen(address, take));
  } catch (error) {
    stop();
    throw error;
  }
  return { records, stop };
}

/** IPv4 in the form that sockets of IPv6 give it. */
const plainAddress = ({ address }: RemoteInfo): string => address.replace(/^::ffff:(?=\d+\.)/, '');

async function listen(address: string, take: Take): Promise<Socket> {
  const endpoint = parseListen(address);
  if ('path' in endpoint)
    throw new NetverdictError('NV_USAGE', `${address}: records come over UDP, give HOST:PORT`);
  const { host, port } = endpoint;
  const socket = createSocket({
    type: isIPv6(host) ? 'udp6' : 'udp4',
    recvBufferSize: RECEIVE_BUFFER_BYTES,
  });
  socket.on('message', (datagram, sender: RemoteInfo) => {
    take(datagram, { address: plainAddress(sender), port: sender.port }, Date.now());
  });
  try {
    socket.bind(port, host);
    await once(socket, 'listening');
  } catch (cause) {
    socket.close();
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new NetverdictError('NV_USAGE', `cannot listen at ${address}: ${reason}`, { cause });
  }
  socket.on('error', () => undefined);
  return socket;
}
