import { NetverdictError } from '../primitives/common/errors/index.js';

/** Refuses to start without what every agent needs: one line that says what is missing and how to get it. */
export async function requireKernel(): Promise<void> {
  if (process.getuid?.() !== 0) {
    throw new NetverdictError(
      'NV_CAPABILITY_MISSING',
      'attaching eBPF needs root: run it again with sudo',
    );
  }
  const { capabilities } = await import('../primitives/common/loader/index.js');
  const missing = capabilities().filter(({ required, ok }) => required && !ok);
  const [first] = missing;
  if (first !== undefined) {
    throw new NetverdictError('NV_CAPABILITY_MISSING', first.detail);
  }
}
