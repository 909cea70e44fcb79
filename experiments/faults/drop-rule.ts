import { until } from './commands.js';

/** Adds a rule (nftables: match and verdict) to a hook of a namespace; answers how to take it back. */
export const ruleAt = (netns: string, hook: string, rule: string): Promise<() => Promise<void>> =>
  until(netns, {
    begin: `nft add table ip nv
nft 'add chain ip nv ${hook} { type filter hook ${hook} priority 0; }'
nft 'add rule ip nv ${hook} ${rule}'`,
    end: 'nft delete table ip nv',
  });

/** Drops what `match` (nftables) says in the forward hook of a namespace; answers how to stop. */
export const dropForwarded = (netns: string, match: string): Promise<() => Promise<void>> =>
  ruleAt(netns, 'forward', `${match} drop`);
