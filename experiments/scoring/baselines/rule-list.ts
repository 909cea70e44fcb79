import {
  type Baseline,
  endsOf,
  NETWORK,
  type Place,
  resendsMuch,
  rose,
  sightOf,
} from './baseline.js';
import type { Telemetry } from './telemetry.js';

/** Counters that mean trouble where they grow, the surest first. */
const COUNTERS: readonly (readonly [source: string, metric: string])[] = [
  ['device', 'carrier_changes'],
  ['softnet', 'dropped'],
  ['cgroup', 'throttled_us'],
  ['qdisc', 'drops'],
  ['netstat', 'ListenOverflows'],
];

const rate = (phase: string): string =>
  `coalesce(sum(value / seconds) FILTER (phase = '${phase}'), 0)`;

async function hostOf(telemetry: Telemetry, source: string, metric: string): Promise<Place> {
  const [row] = await telemetry.rows(`
SELECT host FROM counted JOIN phases USING (phase)
WHERE source = '${source}' AND metric = '${metric}' GROUP BY host
HAVING ${rate('during')} > 2 * ${rate('before')} ORDER BY ${rate('during')} DESC LIMIT 1`);
  return (row?.['host'] as string | undefined) ?? null;
}

/** What a runbook says: counters of all hosts, then the client's own statistics, the first that fits. */
export const ruleList: Baseline = {
  id: 'rule_list',
  title: 'a plain list of rules over counters of all hosts',
  async place(telemetry) {
    const before = await sightOf(telemetry, 'before', 'pod');
    const during = await sightOf(telemetry, 'during', 'pod');
    const { server } = await endsOf(telemetry);
    const slower = rose(before.response, during.response);
    const fewer = during.responses < before.responses / 2;
    if (!slower && !fewer && !resendsMuch(during) && during.syn_retries === 0) return null;
    for (const [source, metric] of COUNTERS) {
      const host = await hostOf(telemetry, source, metric);
      if (host !== null) return host;
    }
    if (during.resets_back > before.resets_back) return server;
    if (resendsMuch(during) || during.syn_retries > 0) return NETWORK;
    return rose(before.rtt_there, during.rtt_there) ? NETWORK : server;
  },
};
