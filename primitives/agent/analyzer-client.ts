import { Agent as HttpAgent, type IncomingMessage, request, type RequestOptions } from 'node:http';
import { Agent as HttpsAgent, request as secureRequest } from 'node:https';
import { NetverdictError } from '../common/errors/index.js';

const REQUEST_TIMEOUT_MS = 10_000;

export interface Answer {
  readonly status: number;
  readonly body: string;
}

/** The analyzer as an HTTP peer: `http(s)://…` or `unix:PATH`, over connections that are kept. */
export class AnalyzerClient {
  readonly #options: RequestOptions;
  readonly #request: typeof request;
  readonly #agent: HttpAgent;

  constructor(
    url: string,
    private readonly token: string | undefined,
  ) {
    const { secure, ...options } = targetOf(url);
    this.#options = options;
    this.#request = secure ? secureRequest : request;
    this.#agent = new (secure ? HttpsAgent : HttpAgent)({ keepAlive: true, maxSockets: 4 });
  }

  post(
    path: string,
    headers: Record<string, string>,
    body: Uint8Array,
    signal: AbortSignal,
  ): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const length = { 'content-length': String(body.byteLength) };
      const outgoing = this.#open('POST', path, { ...headers, ...length }, signal, (answer) => {
        readAll(answer).then((text) => {
          resolve({ status: answer.statusCode ?? 0, body: text });
        }, reject);
      });
      outgoing.setTimeout(REQUEST_TIMEOUT_MS, () => {
        outgoing.destroy(new Error(`no answer within ${REQUEST_TIMEOUT_MS / 1000} s`));
      });
      outgoing.on('error', reject).end(body);
    });
  }

  /** Opens an answer that never ends; resolves when its headers are here. */
  stream(path: string, signal: AbortSignal): Promise<IncomingMessage> {
    return new Promise((resolve, reject) => {
      this.#open('GET', path, {}, signal, resolve).on('error', reject).end();
    });
  }

  close(): void {
    this.#agent.destroy();
  }

  #open(
    method: string,
    path: string,
    headers: Record<string, string>,
    signal: AbortSignal,
    answered: (answer: IncomingMessage) => void,
  ): ReturnType<typeof request> {
    const authorization = this.token === undefined ? {} : { authorization: `Bearer ${this.token}` };
    return this.#request(
      {
        ...this.#options,
        agent: this.#agent,
        method,
        path: `${this.#options.path ?? ''}${path}`,
        headers: { ...headers, ...authorization },
        signal,
      },
      answered,
    );
  }
}

function targetOf(url: string): RequestOptions & { secure: boolean } {
  if (url.startsWith('unix:')) {
    return {
      secure: false,
      socketPath: url.slice('unix:'.length).replace(/^\/\/(?=\/)/, ''),
      path: '',
    };
  }
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (parsed === undefined || !/^https?:$/.test(parsed.protocol)) {
    throw new NetverdictError(
      'NV_USAGE',
      `"${url}" is no analyzer address: give http://HOST:PORT, https://HOST:PORT or unix:PATH`,
    );
  }
  return {
    secure: parsed.protocol === 'https:',
    host: parsed.hostname.replace(/^\[(.*)\]$/, '$1'),
    ...(parsed.port === '' ? {} : { port: parsed.port }),
    path: parsed.pathname.replace(/\/$/, ''),
  };
}

async function readAll(answer: IncomingMessage): Promise<string> {
  answer.setEncoding('utf8');
  let body = '';
  for await (const chunk of answer) body += chunk as string;
  return body;
}
