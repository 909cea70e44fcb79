import { type Baseline, NETWORK } from './baseline.js';

/** Whoever complains, complains about the network. */
export const alwaysNetwork: Baseline = {
  id: 'always_network',
  title: 'always the network, whenever there is an alert',
  async place(telemetry) {
    return (await telemetry.number('SELECT count(*) FROM alerted')) ? NETWORK : null;
  },
};
