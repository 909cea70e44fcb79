/** Flows that taps see under other addresses than their true ones: services, and hosts that stand for their pods. */
import type { FlowKey } from '../incidents/engine.js';
import { connectionId, flowId, flowOf, reversed } from './flow.js';
import type { Queries, Window } from './observe.js';

/** See staging/binding.sql. Its own flow is as the client sends it. */
export interface Binding extends FlowKey {
  readonly host: string;
  readonly kind: 'dnat' | 'snat' | 'both';
  readonly reply_src: string;
  readonly reply_src_port: number;
  readonly reply_dst: string;
  readonly reply_dst_port: number;
}

/** As it leaves the translation. */
export const sent = (b: Binding): FlowKey => ({
  src: b.reply_dst,
  src_port: b.reply_dst_port,
  dst: b.reply_src,
  dst_port: b.reply_src_port,
  protocol: b.protocol,
});

/** From the client itself to the backend itself. */
const truth = (b: Binding): FlowKey => ({
  ...flowOf(b),
  dst: b.reply_src,
  dst_port: b.reply_src_port,
});

export class Translations {
  readonly #truth = new Map<string, FlowKey>();
  readonly #seen = new Map<string, Map<string, FlowKey>>();

  /** @param bindings oldest first: ports are used again. */
  constructor(readonly bindings: readonly Binding[] = []) {
    for (const binding of bindings) {
      const real = truth(binding);
      for (const tuple of [flowOf(binding), sent(binding)]) {
        this.#learn(tuple, real);
        this.#learn(reversed(tuple), reversed(real));
      }
    }
  }

  #learn(tuple: FlowKey, real: FlowKey): void {
    const [id, realId] = [flowId(tuple), flowId(real)];
    if (id === realId) return;
    this.#truth.set(id, real);
    const seen = this.#seen.get(realId) ?? new Map<string, FlowKey>();
    this.#seen.set(realId, seen.set(id, tuple));
  }

  /** The flow under its true addresses. */
  trueFlow(flow: FlowKey): FlowKey {
    return this.#truth.get(flowId(flow)) ?? flow;
  }

  /** By connection, under their true addresses. */
  trueFlows(flows: readonly FlowKey[]): Map<string, FlowKey> {
    const known = flows.map((flow) => this.trueFlow(flow));
    return new Map(known.map((flow) => [connectionId(flow), flow]));
  }

  /** What taps may see a true flow as, the flow itself first. */
  tuplesOf(flow: FlowKey): FlowKey[] {
    return [flow, ...(this.#seen.get(flowId(flow))?.values() ?? [])];
  }
}

/** What was translated in the window and has to do with these flows, by whatever addresses they are called. */
export async function translationsOf(
  store: Queries,
  { fromNs, toNs }: Window,
  flows: readonly FlowKey[],
): Promise<Translations> {
  if (flows.length === 0) return new Translations();
  const text = (address: string): string => `'${address.replaceAll("'", "''")}'`;
  const given = flows
    .flatMap((flow) => [flow, reversed(flow)])
    .map((f) => `(${text(f.src)}, ${f.src_port}, ${text(f.dst)}, ${f.dst_port}, ${f.protocol})`)
    .join(', ');
  const rows = await store.query(
    `SELECT * FROM stg_binding(${fromNs}::BIGINT, ${toNs}::BIGINT)
     WHERE (src, src_port, dst, dst_port, protocol) IN (${given})
        OR (reply_dst, reply_dst_port, reply_src, reply_src_port, protocol) IN (${given})
        OR (src, src_port, reply_src, reply_src_port, protocol) IN (${given})
     ORDER BY first_ns, last_ns, host, src, src_port, dst, dst_port, reply_src, reply_src_port`,
  );
  return new Translations(rows as unknown as Binding[]);
}
