import type { FlowKey } from '../incidents/engine.js';

/** Places on the path of a direction of data: pod tap and uplink of its source, uplink and pod tap of its destination. */
export const PLACES = ['ap', 'au', 'bu', 'bp'] as const;
export type Place = (typeof PLACES)[number];

export const flowId = (flow: FlowKey): string =>
  `${flow.src}|${flow.src_port}|${flow.dst}|${flow.dst_port}|${flow.protocol}`;

/** The flow of a row that has other columns too. */
export const flowOf = ({ src, src_port, dst, dst_port, protocol }: FlowKey): FlowKey => ({
  src,
  src_port,
  dst,
  dst_port,
  protocol,
});

export const reversed = (flow: FlowKey): FlowKey => ({
  src: flow.dst,
  src_port: flow.dst_port,
  dst: flow.src,
  dst_port: flow.src_port,
  protocol: flow.protocol,
});

/** The same text for both directions of a connection. */
export function connectionId(flow: FlowKey): string {
  const here = flowId(flow);
  const back = flowId(reversed(flow));
  return here < back ? here : back;
}

/** For agents: all flows of the service that this one asks, between the same two addresses. */
export const ofAnyClientPort = (flow: FlowKey): FlowKey => ({ ...flow, src_port: 0 });

/** The same text for all connections of a client to a service, in the client's direction. */
export const serviceId = ({ src, dst, dst_port, protocol }: FlowKey): string =>
  `${src}|${dst}|${dst_port}|${protocol}`;

export const DNS_PORT = 53;

/** Queries to a name server. */
export const isDns = ({ dst_port }: FlowKey): boolean => dst_port === DNS_PORT;

export const describeFlow = (flow: FlowKey): string =>
  `${flow.src}:${flow.src_port} → ${flow.dst}:${flow.dst_port}`;
