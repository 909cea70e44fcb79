/** What a router of the middle exports of a link, by the tools of Debian. */
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ChildProcess } from 'node:child_process';
import type { Testbed } from './index.js';
import type { HostId } from './plan.js';

export const NETFLOW_PORT = 2055;
export const SFLOW_PORT = 6343;
/** Whoever collects must be reached from the middle. */
const COLLECTOR = '127.0.0.1';

/** SNMP index of the middle's interface towards a host. */
const INTERFACE_INDEX: Readonly<Record<HostId, number>> = { a: 101, b: 102, c: 103 };

const SOFTFLOWD = '/usr/sbin/softflowd';
const PMACCTD = '/usr/sbin/pmacctd';

const SFLOW_SAMPLING = 4;

/** Handshakes, and segments that are not full, against every packet counted or one of four of some thousands. */
const COUNTED = 0.01;
const SAMPLED = 0.15;
/** softflowd leaves its ring's last packets unread for a while. */
const LEFT_IN_RING = 0.04;

interface NetworkExporter {
  readonly name: string;
  readonly tool: string;
  /** Share by which its bytes may differ from those that were sent. */
  readonly tolerance: number;
  readonly command: (testbed: Testbed, towards: HostId) => readonly string[];
}

const softflowd = (name: string, version: number): NetworkExporter => ({
  name: `${name} of softflowd`,
  tool: SOFTFLOWD,
  tolerance: LEFT_IN_RING,
  command: (testbed, towards) => [
    ...[SOFTFLOWD, '-d', '-v', String(version), '-n', `${COLLECTOR}:${NETFLOW_PORT}`],
    ...['-i', `${INTERFACE_INDEX[towards]}:${testbed.host(towards).middlePort}`],
    // A record a second, as soon as its second is over.
    ...['-t', 'maxlife=1', '-t', 'expint=1'],
    ...['-p', join(testbed.folder, `${version}.pid`), '-c', join(testbed.folder, `${version}.ctl`)],
  ],
});

/** pmacctd's plugins are processes that outlive it: in a namespace of process ids they end with it. */
const TOGETHER = ['unshare', '--pid', '--fork', '--kill-child'];

const pmacctd = (
  name: string,
  plugin: string,
  tolerance: number,
  config: readonly string[],
): NetworkExporter => ({
  name: `${name} of pmacct`,
  tool: PMACCTD,
  tolerance,
  command: (testbed, towards) => {
    const file = join(testbed.folder, `${plugin}.conf`);
    const common = ['daemonize: false', `pcap_interface: ${testbed.host(towards).middlePort}`];
    writeFileSync(file, [...common, `plugins: ${plugin}`, ...config, ''].join('\n'));
    return [...TOGETHER, PMACCTD, '-f', file];
  },
});

const nfprobe = (name: string, version: number): NetworkExporter =>
  pmacctd(name, 'nfprobe', COUNTED, [
    `nfprobe_receiver: ${COLLECTOR}:${NETFLOW_PORT}`,
    `nfprobe_version: ${version}`,
    'nfprobe_timeouts: tcp=1:udp=1:general=1:maxlife=1:expint=1',
    'aggregate: src_host, dst_host, src_port, dst_port, proto',
  ]);

export const NETWORK_EXPORTERS: readonly NetworkExporter[] = [
  softflowd('NetFlow v5', 5),
  softflowd('NetFlow v9', 9),
  softflowd('IPFIX', 10),
  nfprobe('NetFlow v9', 9),
  nfprobe('IPFIX', 10),
  pmacctd('sFlow', 'sfprobe', SAMPLED, [
    `sfprobe_receiver: ${COLLECTOR}:${SFLOW_PORT}`,
    `sampling_rate: ${SFLOW_SAMPLING}`,
  ]),
];

export const isInstalled = ({ tool }: NetworkExporter): boolean => existsSync(tool);

/** The middle tells of its link towards a host until the process is ended. */
export const startNetworkExporter = (
  testbed: Testbed,
  exporter: NetworkExporter,
  towards: HostId,
): ChildProcess =>
  testbed.processes.spawn(exporter.command(testbed, towards), {
    netns: testbed.plan.middle,
    stderr: process.env['NETVERDICT_DEBUG'] ? 'inherit' : 'ignore',
  });
