import { inNamespace } from '../testbed/shell.js';
import type { Label } from './fault.js';

/** Runs a script in a namespace; answers how to run the one that takes it back. */
export async function until(
  netns: string,
  { begin, end }: { readonly begin: string; readonly end: string },
): Promise<() => Promise<void>> {
  await inNamespace(netns, begin);
  return async () => {
    await inNamespace(netns, end);
  };
}

export const senderHost = (host: string, layer: string, cause = 'other'): Label => ({
  domain: 'sender_host',
  host,
  layer,
  cause,
});

export const receiverHost = (host: string, layer: string, cause = 'other'): Label => ({
  domain: 'receiver_host',
  host,
  layer,
  cause,
});
