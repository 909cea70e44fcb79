import { Type } from 'typebox';
import { agentCosts } from '../agent-costs.js';
import type { Routes } from '../routes.js';

/** One row per flow, direction of data and tap that saw it lately. */
const FLOWS = `
SELECT
  src, src_port, dst, dst_port, protocol, host, tap_role, ifname, any_value(pod) AS pod,
  sum(payload_bytes) AS payload_bytes,
  sum(packets) AS packets,
  sum(retransmitted_segments) AS retransmitted_segments,
  sum(rtt_sum_ns) / nullif(sum(rtt_exact), 0) / 1000 AS rtt_us,
  max(received_ns) // 1000000 AS last_seen_ms
FROM flow_interval
WHERE received_ns >= $since
GROUP BY src, src_port, dst, dst_port, protocol, host, tap_role, ifname
ORDER BY payload_bytes DESC, src, src_port, dst, dst_port, host, ifname
LIMIT $limit`;

const HOSTS = `
SELECT c.host, c.offset_ns, i.kernel, i.cpus, i.attach, i.taps, i.capabilities
FROM host_clock c
LEFT JOIN (SELECT DISTINCT ON (host) * FROM host_info ORDER BY host, received_ns DESC) i
  ON i.host = c.host
ORDER BY c.host`;

const Rows = Type.Array(Type.Record(Type.String(), Type.Unknown()));

export const flowRoutes: Routes = (app, { store, control, ingest }, done) => {
  app.get(
    '/v1/flows',
    {
      schema: {
        description: 'Flows seen lately, one row per flow, direction and tap, the largest first.',
        querystring: Type.Object({
          seconds: Type.Integer({ minimum: 1, maximum: 3600, default: 10 }),
          limit: Type.Integer({ minimum: 1, maximum: 10_000, default: 500 }),
        }),
        response: { 200: Type.Object({ flows: Rows }) },
      },
    },
    async ({ query: { seconds, limit } }) => {
      const since = BigInt(Date.now() - seconds * 1000) * 1_000_000n;
      return { flows: await store.query(FLOWS, { since, limit }) };
    },
  );

  app.get(
    '/v1/hosts',
    {
      schema: {
        description:
          'Hosts whose agents have reported, whether they listen now, what they cost, and which of their taps do not see everything.',
        response: { 200: Type.Object({ hosts: Rows }) },
      },
    },
    async () => {
      const connected = new Set(control.hosts());
      const known = (await store.query(HOSTS)).map((row) => ({
        ...row,
        host: row['host'] as string,
        taps: parsed(row['taps']),
        capabilities: parsed(row['capabilities']),
      }));
      const silent = [...connected].filter((host) => !known.some((row) => row.host === host));
      const hosts = [...known, ...silent.map((host) => ({ host }))];
      const costs = await agentCosts(store);
      const blind = ingest.blindTaps.list(BigInt(Date.now()) * 1_000_000n);
      return {
        hosts: hosts.map((row) => ({
          ...row,
          connected: connected.has(row.host),
          cost: costs.find(({ host }) => host === row.host) ?? null,
          blind_taps: blind.filter(({ host }) => host === row.host),
        })),
      };
    },
  );
  done();
};

/** Columns of `host_info` that hold JSON. */
function parsed(value: unknown): unknown {
  if (typeof value !== 'string') return null;
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}
