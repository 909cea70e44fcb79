import { type Baseline, NETWORK, sightOf } from './baseline.js';

const THRESHOLD_MS = 20;

/** As probes and dashboards do: what is slow on the wire is the network, the rest is silence. */
export const rttThreshold: Baseline = {
  id: 'rtt_threshold',
  title: `the network, when the client's RTT exceeds ${THRESHOLD_MS} ms`,
  async place(telemetry) {
    const { rtt_there } = await sightOf(telemetry, 'during', 'pod');
    return (rtt_there ?? 0) > THRESHOLD_MS ? NETWORK : null;
  },
};
