import type { FastifyError, FastifyInstance } from 'fastify';
import { type ErrorCode, NetverdictError } from '../../primitives/common/errors/index.js';

const STATUS: Readonly<Partial<Record<ErrorCode, number>>> = {
  NV_USAGE: 400,
  NV_BAD_QUERY: 400,
  NV_UNAUTHORIZED: 401,
  NV_NOT_FOUND: 404,
  NV_UNKNOWN_TABLE: 404,
  NV_SCHEMA_MISMATCH: 422,
};

/** Every failure leaves as `{"error":{"code","message"}}`. */
export function answerErrors(app: FastifyInstance): void {
  app.setErrorHandler((error: FastifyError | NetverdictError, request, reply) => {
    const { status, code, message } = described(error);
    if (status >= 500) request.log.error({ err: error }, 'request failed');
    return reply.code(status).send({ error: { code, message } });
  });
  app.setNotFoundHandler((request, reply) => {
    const message = `nothing at ${request.method} ${request.url}`;
    return reply.code(404).send({ error: { code: 'NV_NOT_FOUND', message } });
  });
}

function described(error: FastifyError | NetverdictError): {
  status: number;
  code: string;
  message: string;
} {
  const { message } = error;
  if (error instanceof NetverdictError) {
    return { status: STATUS[error.code] ?? 500, code: error.code, message };
  }
  if (error.validation !== undefined) return { status: 400, code: 'NV_USAGE', message };
  const status = error.statusCode ?? 500;
  if (status < 500) return { status, code: error.code, message };
  return { status, code: 'NV_INTERNAL', message: 'the analyzer failed; its log says more' };
}
