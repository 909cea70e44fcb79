/** What `ip -json -s -s -details link show` counts per interface. */
import type { ChangeLog } from './change-log.js';

type Direction = Readonly<Record<string, number>>;

export interface LinkStatistics {
  readonly ifindex?: number;
  readonly ifname: string;
  readonly operstate?: string;
  readonly mtu?: number;
  /** Programs that see a packet before anything else does. */
  readonly xdp?: {
    readonly attached?: readonly {
      readonly prog?: { readonly id: number; readonly name?: string };
    }[];
  };
  readonly stats64?: { readonly rx?: Direction; readonly tx?: Direction };
}

const UNITS: Readonly<Record<string, string>> = {
  bytes: 'bytes',
  packets: 'packets',
  dropped: 'packets',
};

export function recordDevices(links: readonly LinkStatistics[], log: ChangeLog): void {
  for (const { ifname, operstate, mtu, stats64 } of links) {
    if (ifname === 'lo') continue;
    recordDirection(ifname, 'rx', stats64?.rx, log);
    recordDirection(ifname, 'tx', stats64?.tx, log);
    if (operstate !== undefined) {
      log.gauge('device', ifname, 'operstate_down', 'count', operstate === 'DOWN' ? 1 : 0);
    }
    if (mtu !== undefined) log.gauge('device', ifname, 'mtu', 'bytes', mtu);
  }
}

function recordDirection(
  ifname: string,
  direction: 'rx' | 'tx',
  counts: Direction | undefined,
  log: ChangeLog,
): void {
  for (const [name, value] of Object.entries(counts ?? {})) {
    const metric = name === 'carrier_changes' ? name : `${direction}_${name}`;
    log.counter('device', ifname, metric, UNITS[name] ?? 'count', value);
  }
}
