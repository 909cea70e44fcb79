import type { ProbeState } from '../tracer/index.js';

const AT_THE_WIRE = ['interrupt to poll', 'transmit completion', 'hardware timestamps'];

/** The monitor's taps, which tell the packets of a traced flow. */
export const tapProbe = (taps: number): ProbeState => ({
  level: 'qdisc',
  probe: 'tap',
  state: taps > 0 ? 'attached' : 'absent',
  reason: taps > 0 ? '' : 'no interface has one',
});

/** What no probe tells of an uplink, by its kind: a virtual device does not have it. */
export const withoutDevice = (ifname: string, kind: string): ProbeState[] =>
  AT_THE_WIRE.map((probe) => ({
    level: 'nic',
    probe: `${probe} at ${ifname}`,
    state: 'absent',
    reason: kind === '' ? 'drivers differ: no probe for it' : `a ${kind} has none`,
  }));
