/** Which probes told of a trace and which did not, by host and level, as it travels. */
import { type Static, Type } from 'typebox';

export const LevelProbes = Type.Object({
  host: Type.String(),
  level: Type.String({
    description: 'socket, tcp, netfilter, qdisc, softirq, driver, nic or scheduler',
  }),
  attached: Type.Array(Type.String()),
  absent: Type.Array(Type.Object({ probe: Type.String(), reason: Type.String() })),
});

export type LevelProbes = Static<typeof LevelProbes>;
