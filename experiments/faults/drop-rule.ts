import { inNamespace } from '../testbed/shell.js';

/** Drops what `match` (nftables) says in the forward hook of a namespace; answers how to stop. */
export async function dropForwarded(netns: string, match: string): Promise<() => Promise<void>> {
  await inNamespace(
    netns,
    `nft add table ip nv
nft 'add chain ip nv forward { type filter hook forward priority 0; }'
nft 'add rule ip nv forward ${match} drop'`,
  );
  return async () => {
    await inNamespace(netns, 'nft delete table ip nv');
  };
}
