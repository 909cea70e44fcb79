import { STATES } from '../incidents/incident.js';
import type { Services } from './routes.js';

interface Metric {
  readonly name: string;
  readonly type: 'counter' | 'gauge';
  readonly help: string;
  /** Label text to value. */
  readonly samples: readonly (readonly [string, number | bigint])[];
}

/** In the Prometheus text format. */
export function metricsText({ ingest, engine, control }: Omit<Services, 'store'>): string {
  const incidents = engine.list();
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
      help: 'Records lost by the account of the agents.',
      samples: [['', ingest.recordsLost]],
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
  ];
  return metrics.map(exposition).join('');
}

function exposition({ name, type, help, samples }: Metric): string {
  const lines = samples.map(([labels, value]) =>
    labels === '' ? `${name} ${value}` : `${name}{${labels}} ${value}`,
  );
  return [`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`, ...lines, ''].join('\n');
}
