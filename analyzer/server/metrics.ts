import { type LostRecords, STATES } from '../incidents/incident.js';
import type { BlindTap } from '../ingest/blind-taps.js';
import type { NetworkRecords } from '../network-records/collector.js';
import type { AgentCost } from './agent-costs.js';
import type { Services } from './routes.js';

interface Metric {
  readonly name: string;
  readonly type: 'counter' | 'gauge';
  readonly help: string;
  /** Label text to value. */
  readonly samples: readonly (readonly [string, number | bigint])[];
}

/** In the Prometheus text format. */
export function metricsText(
  { ingest, engine, control, networkRecords }: Omit<Services, 'store'>,
  costs: readonly AgentCost[],
): string {
  const incidents = engine.list();
  const blind = ingest.blindTaps.list(BigInt(Date.now()) * 1_000_000n);
  const metrics: Metric[] = [
    {
      name: 'netverdict_ingest_rows_total',
      type: 'counter',
      help: 'Rows stored since the start.',
      samples: [...ingest.rows].map(([stream, rows]) => [`stream="${stream}"`, rows]),
    },
    {
      name: 'netverdict_ingest_rejected_batches_total',
      type: 'counter',
      help: 'Batches refused because they are not of their schema.',
      samples: [['', ingest.rejectedBatches]],
    },
    {
      name: 'netverdict_records_lost_total',
      type: 'counter',
      help: 'Records lost by the account of the agents; those of the reasons `budget` and `shed` were left out on purpose.',
      samples: ingest.losses.list().map((lost) => [lossLabels(lost), lost.records]),
    },
    {
      name: 'netverdict_incidents',
      type: 'gauge',
      help: 'Incidents by state.',
      samples: STATES.map((state) => [
        `state="${state}"`,
        incidents.filter((incident) => incident.state === state).length,
      ]),
    },
    {
      name: 'netverdict_hosts_connected',
      type: 'gauge',
      help: 'Hosts with an open control stream.',
      samples: [['', control.hosts().length]],
    },
    {
      name: 'netverdict_tap_missing_ratio',
      type: 'gauge',
      help: 'Least share of the bytes of a device that its tap does not see; only taps that miss some.',
      samples: blind
        .filter(({ state }) => state === 'missing')
        .map((tap) => [tapLabels(tap), tap.missing_share]),
    },
    {
      name: 'netverdict_tap_detached',
      type: 'gauge',
      help: '1 for a tap whose own program is gone.',
      samples: blind.filter(({ state }) => state === 'detached').map((tap) => [tapLabels(tap), 1]),
    },
    {
      name: 'netverdict_tap_programs_ahead',
      type: 'gauge',
      help: '1 for a tap that the programs of the label `ahead` run before.',
      samples: blind
        .filter(({ ahead }) => ahead !== '')
        .map((tap) => [`${tapLabels(tap)},ahead="${labelValue(tap.ahead)}"`, 1]),
    },
    ...costMetrics(costs),
    ...(networkRecords ? networkMetrics(networkRecords) : []),
  ];
  return metrics.map(exposition).join('');
}

const costMetrics = (costs: readonly AgentCost[]): Metric[] => [
  {
    name: 'netverdict_agent_cpu_ratio',
    type: 'gauge',
    help: 'Share of one processor that an agent takes: its process, and its programs in the kernel.',
    samples: costs.flatMap(({ host, process, programs }): [string, number][] => [
      [labels({ host, of: 'process' }), process],
      ...(programs === null
        ? []
        : [[labels({ host, of: 'programs' }), programs] as [string, number]]),
    ]),
  },
  {
    name: 'netverdict_agent_shed_steps',
    type: 'gauge',
    help: 'Steps by which an agent does less to stay within its budget; 0: it does everything.',
    samples: costs.map(({ host, steps }) => [labels({ host }), steps]),
  },
];

const networkMetrics = (network: NetworkRecords): Metric[] => [
  {
    name: 'netverdict_network_records_total',
    type: 'counter',
    help: 'Records of switches and routers taken since the start, by format.',
    samples: [...network.records].map(([format, records]) => [`format="${format}"`, records]),
  },
  {
    name: 'netverdict_network_refused_total',
    type: 'counter',
    help: 'Datagrams of switches and routers, or parts of them, that were not taken, by reason.',
    samples: [...network.refused].map(([reason, count]) => [`reason="${reason}"`, count]),
  },
  {
    name: 'netverdict_network_missing',
    type: 'gauge',
    help: 'Gaps in sequence numbers: records (v5, IPFIX) or datagrams (v9, sFlow) that have not come.',
    samples: [...network.missing()].map(([exporter, units]) => [`exporter="${exporter}"`, units]),
  },
  {
    name: 'netverdict_network_exporters',
    type: 'gauge',
    help: 'Observation domains of switches and routers that are remembered.',
    samples: [['', network.exporters]],
  },
];

const tapLabels = ({ host, ifname, pod, hook }: BlindTap): string =>
  labels({ host, ifname, pod, hook });

const lossLabels = ({ host, place, reason, probe, cpu }: LostRecords): string =>
  labels({ host, place, reason, probe, cpu: cpu < 0 ? '' : String(cpu) });

const labels = (values: Readonly<Record<string, string>>): string =>
  Object.entries(values)
    .map(([name, value]) => `${name}="${labelValue(value)}"`)
    .join(',');

/** Names of programs and interfaces are other people's. */
const labelValue = (text: string): string =>
  text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');

function exposition({ name, type, help, samples }: Metric): string {
  const lines = samples.map(([label, value]) =>
    label === '' ? `${name} ${value}` : `${name}{${label}} ${value}`,
  );
  return [`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`, ...lines, ''].join('\n');
}
