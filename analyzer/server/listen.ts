import { lstatSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { NetverdictError } from '../../primitives/common/errors/index.js';

export type Endpoint = { readonly path: string } | { readonly host: string; readonly port: number };

/** `HOST:PORT` (IPv6 in brackets) or `unix:PATH`. */
export function parseListen(text: string): Endpoint {
  if (text.startsWith('unix:') && text.length > 'unix:'.length) {
    return { path: text.slice('unix:'.length) };
  }
  const [, bracketed, plain, port] = /^(?:\[([^\]]+)\]|([^:]+)):(\d{1,5})$/.exec(text) ?? [];
  const host = bracketed ?? plain;
  if (host === undefined || Number(port) > 65535) {
    throw new NetverdictError('NV_USAGE', `"${text}" is no HOST:PORT and no unix:PATH`);
  }
  return { host, port: Number(port) };
}

/** Reached from this machine only. */
export const isLocal = (endpoint: Endpoint): boolean =>
  'path' in endpoint || /^(localhost|127\.[\d.]+|::1)$/.test(endpoint.host);

export const inUse = (listen: string, cause?: unknown): NetverdictError =>
  new NetverdictError('NV_PORT_IN_USE', `another process listens at ${listen}`, { cause });

/** Removes the socket of a process that has ended; refuses when somebody answers on it. */
export async function clearStaleSocket(path: string): Promise<void> {
  const file = lstatSync(path, { throwIfNoEntry: false });
  if (file === undefined) return;
  if (!file.isSocket()) {
    throw new NetverdictError('NV_USAGE', `"${path}" exists and is no socket`);
  }
  if (await answers(path)) throw inUse(`unix:${path}`);
  rmSync(path, { force: true });
}

function answers(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path);
    const settle = (answered: boolean): void => {
      socket.destroy();
      resolve(answered);
    };
    socket.once('connect', () => {
      settle(true);
    });
    socket.once('error', () => {
      settle(false);
    });
  });
}
