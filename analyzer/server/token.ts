import { createHash, timingSafeEqual } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import { NetverdictError } from '../../primitives/common/errors/index.js';

/** Every call below /v1 must show the token. */
export function requireToken(app: FastifyInstance, token: string): void {
  const expected = digest(`Bearer ${token}`);
  app.addHook('onRequest', (request, _, done) => {
    const shown = digest(request.headers.authorization ?? '');
    // The route that matched, not the URL as written: %76 is a v too.
    const guarded = request.routeOptions.url?.startsWith('/v1/') === true;
    if (!guarded || timingSafeEqual(shown, expected)) done();
    else done(new NetverdictError('NV_UNAUTHORIZED', 'show the token: Authorization: Bearer …'));
  });
}

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
