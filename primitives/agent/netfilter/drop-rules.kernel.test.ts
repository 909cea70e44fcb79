import { execFileSync } from 'node:child_process';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { batchFromRows, fieldsOf, type Row } from '../../common/schema/columns.js';
import { DropRules } from './drop-rules.js';

const NS = 'nvt-rules';
const nft = (command: string): void =>
  void execFileSync('ip', ['netns', 'exec', NS, 'nft', command]);

beforeAll(() => {
  execFileSync('ip', ['netns', 'add', NS]);
  nft('add table ip nv');
  nft('add chain ip nv forward { type filter hook forward priority 0; }');
  nft('add rule ip nv forward udp dport 8472 drop');
  nft('add rule ip nv forward tcp dport 8080 counter limit rate over 9/second drop');
});

afterAll(() => void execFileSync('ip', ['netns', 'delete', NS]));

const event = (more: object): Row => {
  const empty = Object.fromEntries(
    Object.entries(fieldsOf('packet_event')).map(([name, { type }]) => [
      name,
      type.kind === 'scalar' ? 0 : '',
    ]),
  );
  const flow = { src: '10.0.0.1', dst: '10.0.1.7', src_port: 40_000, dst_port: 8080, protocol: 6 };
  return { ...empty, ...flow, netns: 7, drop_reason_name: 'NETFILTER_DROP', ...more };
};

async function named(...events: Row[]): Promise<readonly Row[]> {
  return new Promise((resolve) => {
    const rules = new DropRules((netns) => (netns === 7 ? NS : undefined), resolve);
    rules.heed(batchFromRows('packet_event', events));
  });
}

it('names the rule of the namespace that fits a dropped packet, once for each flow', async () => {
  const rows = await named(event({ time_ns: 5n }), event({ time_ns: 6n }));
  expect(rows).toEqual([
    {
      ...{ time_ns: 5n, netns: 7 },
      rule: 'ip nv forward: tcp dport 8080 counter limit rate over 9/second drop',
    },
  ]);
});

it('names a rule for the tunnel that a packet was dropped in', async () => {
  const [row] = await named(event({ time_ns: 5n, dst_port: 9090 }));
  expect(row?.['rule']).toBe('ip nv forward: udp dport 8472 drop');
});

it('names none for what others dropped, or elsewhere', async () => {
  const elsewhere = event({ netns: 8 });
  const other = event({ drop_reason_name: 'NO_SOCKET', src_port: 1 });
  expect(await named(elsewhere, other)).toEqual([]);
});
