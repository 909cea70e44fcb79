/** Which alerts named a fault's victims, and how soon. */
import type { Cluster } from '../scenarios/cluster.js';
import type { ClientFlow } from '../workloads/index.js';

/** As stored by the analyzer; `after_s` from the injection. */
export interface Alert extends ClientFlow {
  readonly kind: string;
  readonly source: string;
  readonly src_port: number;
  readonly after_s: number;
}

/** Alerts of victim flows, of a control's every flow; times from the injection, seconds. */
export interface Triggers {
  readonly first_kind: string | null;
  readonly first_s: number | null;
  /** The first of each kind. */
  readonly kinds: Readonly<Record<string, number>>;
  /** The first found in the kernel, the first found by a sweep. */
  readonly push_s: number | null;
  readonly pull_s: number | null;
  /** In the last five seconds of health: a trigger that is always up proves nothing. */
  readonly before: number;
}

/** A trigger counts as one that found the fault up to this late. */
export const WITHIN_S = 5;

/** Clocks of agents are known to the analyzer within the shortest delivery, some milliseconds. */
export const alertsOf = async (cluster: Cluster, injectedAt: Date): Promise<Alert[]> =>
  (await cluster.query(
    `SELECT a.kind, a.source, a.src, a.src_port, a.dst, a.dst_port,
       (a.time_ns::BIGINT + c.offset_ns::BIGINT - ${injectedAt.getTime()}000000) / 1e9 AS after_s
     FROM alert a JOIN host_clock c ON c.host = a.host ORDER BY after_s`,
  )) as unknown as Alert[];

/** `alerts` in the order of their times; without `victims` every flow counts; `lastedS`: the fault was in force. */
export function triggersOf(
  alerts: readonly Alert[],
  victims: readonly ClientFlow[] | null,
  lastedS: number,
): Triggers {
  const own = alerts.filter((alert) => victims?.some((victim) => isOf(alert, victim)) ?? true);
  const during = own.filter(({ after_s }) => after_s >= 0 && after_s <= lastedS);
  const seconds = (alert: Alert | undefined): number | null =>
    alert === undefined ? null : Number(alert.after_s.toFixed(2));
  const kinds = [...new Set(during.map(({ kind }) => kind))];
  return {
    first_kind: during[0]?.kind ?? null,
    first_s: seconds(during[0]),
    kinds: Object.fromEntries(
      kinds.map((kind) => [kind, seconds(during.find((a) => a.kind === kind)) ?? 0]),
    ),
    push_s: seconds(during.find(({ source }) => source === 'push')),
    pull_s: seconds(during.find(({ source }) => source === 'pull')),
    before: own.filter(({ after_s }) => after_s < 0 && after_s >= -WITHIN_S).length,
  };
}

const isOf = (alert: Alert, { src, service, ...backend }: ClientFlow): boolean =>
  [backend, ...(service ? [service] : [])].some(
    ({ dst, dst_port }) =>
      (alert.src === src && alert.dst === dst && alert.dst_port === dst_port) ||
      (alert.src === dst && alert.dst === src && alert.src_port === dst_port),
  );
