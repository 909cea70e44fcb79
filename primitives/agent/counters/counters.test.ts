import { describe, expect, it } from 'vitest';
import { cgroupMounts } from './cgroup.js';
import { ChangeLog } from './change-log.js';
import { recordConntrack } from './conntrack.js';
import { recordDevices } from './device.js';
import { recordNetstat } from './netstat.js';
import { recordQdiscs } from './qdisc.js';
import { recordSoftnet } from './softnet.js';

const changes = (log: ChangeLog): string[] =>
  log.take().map((row) => `${row.source} ${row.object} ${row.metric} ${row.value} ${row.unit}`);

describe('ChangeLog', () => {
  it('keeps the growth of counters, never a first reading or a reset', () => {
    const log = new ChangeLog();
    for (const value of [100, 103, 103, 2, 4]) log.counter('device', 'eth0', 'x', 'count', value);
    expect(log.take().map(({ value }) => value)).toEqual([3, 2]);
  });

  it('keeps a gauge when it moves, the first value included', () => {
    const log = new ChangeLog();
    for (const value of [0, 0, 5, 5, 0]) log.gauge('qdisc', 'eth0', 'x', 'count', value);
    expect(log.take().map(({ value }) => value)).toEqual([0, 5, 0]);
  });
});

describe('readers', () => {
  const log = new ChangeLog();

  it('reads the CPUs of this host only from softnet_stat', () => {
    const line = (processed: string, cpu: string): string =>
      `${processed} 00000000 00000001 0 0 0 0 0 0 0 0 0 ${cpu} 0 0`;
    recordSoftnet(`${line('0a', '0')}\n${line('10', '1')}\n`, new Set([1]), log);
    recordSoftnet(`${line('ff', '0')}\n${line('20', '1')}\n`, new Set([1]), log);
    expect(changes(log)).toEqual(['softnet cpu1 processed 16 packets']);
  });

  it('finds netstat columns by name', () => {
    const text = (overflows: number): string =>
      `TcpExt: SyncookiesSent ListenOverflows ListenDrops\nTcpExt: 9 ${overflows} 1\n`;
    recordNetstat(text(1), 'pod1', log);
    recordNetstat(text(4), 'pod1', log);
    expect(changes(log)).toEqual(['netstat pod1 ListenOverflows 3 count']);
  });

  it('sums conntrack over CPUs, entries once', () => {
    const text = (failed: string): string =>
      `entries  clashres insert_failed drop early_drop\n00000010 0 ${failed} 0 0\n00000010 0 1 0 0\n`;
    recordConntrack(text('0'), 'host', log);
    expect(recordConntrack(text('f'), 'host', log)).toBe(16);
    expect(changes(log)).toEqual([
      'conntrack host entries 16 count',
      'conntrack host insert_failed 15 count',
    ]);
  });

  it('reads queues and devices, and leaves out what holds no packet', () => {
    recordQdiscs([{ kind: 'noqueue', dev: 'br0', root: true, backlog: 0, qlen: 0 }], log);
    recordQdiscs([{ kind: 'tbf', dev: 'eth0', root: true, backlog: 3000, qlen: 2, drops: 7 }], log);
    recordDevices([{ ifname: 'eth0', operstate: 'UP', stats64: { rx: { dropped: 1 } } }], log);
    recordDevices([{ ifname: 'eth0', operstate: 'DOWN', stats64: { rx: { dropped: 3 } } }], log);
    expect(changes(log)).toEqual([
      'qdisc eth0 backlog_bytes 3000 bytes',
      'qdisc eth0 backlog_packets 2 packets',
      'device eth0 operstate_down 0 count',
      'device eth0 rx_dropped 2 packets',
      'device eth0 operstate_down 1 count',
    ]);
  });

  it('finds the cgroup hierarchies', () => {
    const mountinfo =
      '32 31 0:29 / /sys/fs/cgroup/cpu,cpuacct rw - cgroup cgroup rw,cpu,cpuacct\n' +
      '41 31 0:38 / /sys/fs/cgroup/unified rw,relatime - cgroup2 cgroup2 rw\n';
    expect(cgroupMounts(mountinfo)).toEqual({
      cpu: '/sys/fs/cgroup/cpu,cpuacct',
      unified: '/sys/fs/cgroup/unified',
    });
  });
});
