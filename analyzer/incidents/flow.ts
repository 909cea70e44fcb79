import { type Static, Type } from 'typebox';

/** A flow as it travels. */
export const Flow = Type.Object({
  src: Type.String(),
  src_port: Type.Integer(),
  dst: Type.String(),
  dst_port: Type.Integer(),
  protocol: Type.String({ description: 'tcp, udp, or the protocol number' }),
});

export type Flow = Static<typeof Flow>;
