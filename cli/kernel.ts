import { NetverdictError } from '../primitives/common/errors/index.js';

/** Refuses to start without what every agent needs: one line says what is missing and how to get it. */
export async function requireKernel(): Promise<void> {
  const { capabilities } = await import('../primitives/common/loader/index.js');
  const [first, ...others] = capabilities().filter(({ required, ok }) => required && !ok);
  if (first === undefined) return;
  const more = others.length > 0 ? ` (${others.length} more: netverdict doctor)` : '';
  throw new NetverdictError('NV_CAPABILITY_MISSING', first.detail + more);
}
