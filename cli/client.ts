/** HTTP to a running analyzer, over TCP or a unix socket. */
import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { buffer } from 'node:stream/consumers';
import { urlToHttpOptions } from 'node:url';
import type { Command } from 'commander';
import { type ErrorCode, ERRORS, NetverdictError } from '../primitives/common/errors/index.js';
import { readToken } from './options.js';

export interface ClientFlags {
  analyzer: string;
  tokenFile?: string;
}

const DEFAULT_ANALYZER = 'http://127.0.0.1:7421';

/** The options that every command that asks an analyzer has. */
export const addClientOptions = (command: Command): Command =>
  command
    .option('--analyzer <url>', 'http(s)://HOST:PORT or unix:PATH', DEFAULT_ANALYZER)
    .option('--token-file <file>', 'file with the token that the analyzer asks for');

/** The body of GET `path`; an error of the analyzer is thrown with its own words. */
export async function get(flags: ClientFlags, path: string): Promise<Buffer> {
  return accepted(flags, path, await exchange(flags, path));
}

export const getJson = async <T>(flags: ClientFlags, path: string): Promise<T> =>
  JSON.parse((await get(flags, path)).toString()) as T;

/** The body of the answer to POST `path`. */
export const postBody = async (flags: ClientFlags, path: string, value: object): Promise<Buffer> =>
  accepted(flags, path, await exchange(flags, path, JSON.stringify(value)));

export const postJson = async <T>(flags: ClientFlags, path: string, value: object): Promise<T> =>
  JSON.parse((await postBody(flags, path, value)).toString()) as T;

interface Answer {
  readonly status: number;
  readonly body: Buffer;
}

function accepted(flags: ClientFlags, path: string, { status, body }: Answer): Buffer {
  if (status === 200) return body;
  if (status === 401)
    throw new NetverdictError(
      'NV_UNAUTHORIZED',
      `${flags.analyzer} asks for a token: --token-file`,
    );
  const { code, message } = said(body);
  throw new NetverdictError(code, `${flags.analyzer}${path}: ${message}`);
}

/** POST of a JSON body, or GET without one. */
function exchange(
  { analyzer, tokenFile }: ClientFlags,
  path: string,
  json?: string,
): Promise<Answer> {
  const headers = {
    ...(tokenFile === undefined ? {} : { authorization: `Bearer ${readToken(tokenFile)}` }),
    ...(json === undefined ? {} : { 'content-type': 'application/json' }),
  };
  const method = json === undefined ? 'GET' : 'POST';
  const unix = analyzer.startsWith('unix:');
  const target = unix
    ? { socketPath: analyzer.slice(5), path }
    : urlToHttpOptions(new URL(path, urlOf(analyzer)));
  const send = !unix && analyzer.startsWith('https:') ? httpsRequest : httpRequest;
  return new Promise((resolve, reject) => {
    send({ ...target, method, headers }, (response) => {
      buffer(response).then((body) => resolve({ status: response.statusCode ?? 0, body }), reject);
    })
      .on('error', (cause) =>
        reject(
          new NetverdictError('NV_ANALYZER_UNREACHABLE', `no analyzer answers at ${analyzer}`, {
            cause,
          }),
        ),
      )
      .end(json);
  });
}

function urlOf(analyzer: string): URL {
  try {
    return new URL(analyzer);
  } catch {
    throw new NetverdictError(
      'NV_USAGE',
      `"${analyzer}" is no URL: http(s)://HOST:PORT or unix:PATH`,
    );
  }
}

/** Why the analyzer refused, on one line: DuckDB points at the place on lines of their own. */
function said(body: Buffer): { code: ErrorCode; message: string } {
  const text = body.toString();
  const { code, message = text } = errorOf(text);
  return {
    code: code !== undefined && code in ERRORS ? (code as ErrorCode) : 'NV_NOT_FOUND',
    message: message.replaceAll(/\s*\n[\s^]*/g, ' ').trim(),
  };
}

function errorOf(text: string): { code?: string; message?: string } {
  try {
    return (JSON.parse(text) as { error?: { code?: string; message?: string } }).error ?? {};
  } catch {
    return {};
  }
}
