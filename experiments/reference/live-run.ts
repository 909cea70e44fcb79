/**
 * Two hosts of the testbed with real agents, the analyzer's own store and views, and a capture beside each of the four
 * taps of one pod-to-pod path: 10 Mbit/s, 2 % dropped, streams and small writes with delayed ACKs.
 */
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { MarkRow } from '../../analyzer/ledgers/observe.js';
import type { FlowTuple } from '../../primitives/common/bpf/flow-key.js';
import { batch } from '../../primitives/common/loader/iproute2.js';
import { Capture } from '../capture/tcpdump.js';
import { type CapturedFrames, readCapture } from '../capture/tshark.js';
import { dropForwarded } from '../faults/drop-rule.js';
import { watchHosts } from '../testbed/fixture/watched-hosts.js';
import { Testbed } from '../testbed/index.js';
import { UPLINK, VTEP, VXLAN_PORT } from '../testbed/plan.js';
import { inNamespace } from '../testbed/shell.js';
import { type Character, clientCommand, serverCommand } from '../workloads/character/index.js';
import type { Place } from './split.js';

const MBIT = 10;
const DROPPED_PER_MILLE = 20;
const SECONDS = 5;
/** Agents drain each 400 ms, and send as often. */
const DRAINED_MS = 1500;

const TRAFFIC: readonly { mode: Character; port: number; firstPort: number; flows: number }[] = [
  { mode: 'stream', port: 9001, firstPort: 21_000, flows: 2 },
  { mode: 'dribble', port: 9002, firstPort: 22_000, flows: 4 },
];

export interface LiveRun {
  /** Those that the agents sampled at all four taps, as the analyzer joins them. */
  readonly marks: readonly MarkRow[];
  /** By the place that it is for data from host a. */
  readonly captures: Readonly<Record<Place, CapturedFrames>>;
}

/** @param offloads super-packets at the taps and merging at the receiver, or one segment a packet everywhere. */
export async function liveRun(offloads: boolean): Promise<LiveRun> {
  const undo: (() => Promise<unknown>)[] = [];
  try {
    const testbed = await Testbed.build({ id: 'split' });
    undo.push(() => testbed.destroy());
    await narrow(testbed);
    await (offloads ? withSuperPackets(testbed) : withSegments(testbed));
    return await watched(testbed, undo);
  } finally {
    for (const step of undo.reverse()) await step();
  }
}

async function watched(testbed: Testbed, undo: (() => Promise<unknown>)[]): Promise<LiveRun> {
  const { store, control } = await watchHosts(testbed, undo);
  const flows = flowsOf(testbed);
  for (const host of control.hosts())
    control.send(host, { type: 'arm', incident: 'live', flows, seconds: 60 });
  const captures = await startCaptures(testbed);
  await drive(testbed);
  await Promise.all(captures.map(([, capture]) => capture.stop()));
  await sleep(DRAINED_MS);
  await store.flush();
  const read = captures.map(async ([place, { file }]) => [place, await readCapture(file)] as const);
  const frames = Object.fromEntries(await Promise.all(read)) as LiveRun['captures'];
  return { marks: (await store.query(JOINED)) as unknown as MarkRow[], captures: frames };
}

/** The queue of host a's uplink would stand between its tap and its capture. */
async function narrow(testbed: Testbed): Promise<void> {
  const { middle, hosts } = testbed.plan;
  for (const { netns } of [hosts.a, hosts.b])
    await batch('tc', [`qdisc delete dev ${UPLINK} root`], netns);
  const port = hosts.b.middlePort;
  const queue = `tbf rate ${MBIT}mbit burst 16kb limit ${MBIT * 5000}`;
  await batch('tc', [`qdisc replace dev ${port} root ${queue}`], middle);
  await dropForwarded(middle, `oifname ${port} numgen random mod 1000 < ${DROPPED_PER_MILLE}`);
}

/** Segmentation of the tunnel after TC egress would give the capture other packets than the tap. */
async function withSuperPackets(testbed: Testbed): Promise<void> {
  const features = 'tx-udp_tnl-segmentation on tx-udp_tnl-csum-segmentation on';
  for (const id of ['a', 'b'] as const)
    await inNamespace(testbed.host(id).netns, `ethtool -K ${UPLINK} ${features} > /dev/null`);
}

async function withSegments(testbed: Testbed): Promise<void> {
  const off = (devices: readonly string[]): string =>
    devices.map((name) => `ethtool -K ${name} tso off gso off gro off > /dev/null`).join('\n');
  for (const id of ['a', 'b'] as const) {
    const pod = testbed.pod(id, 1);
    await inNamespace(pod.netns, `${off(['eth0'])}\nip link set eth0 gso_max_segs 1`);
    await inNamespace(testbed.host(id).netns, off([pod.veth, VTEP, UPLINK]));
  }
}

const flowsOf = (testbed: Testbed): FlowTuple[] =>
  TRAFFIC.flatMap(({ port, firstPort, flows }) =>
    Array.from({ length: flows }, (_, index) => ({
      src: testbed.pod('a', 1).address,
      src_port: firstPort + index,
      dst: testbed.pod('b', 1).address,
      dst_port: port,
      protocol: 6,
    })),
  );

async function startCaptures(testbed: Testbed): Promise<(readonly [Place, Capture])[]> {
  const at = { ap: 'a', au: 'a', bu: 'b', bp: 'b' } as const;
  const starting = Object.entries(at).map(async ([place, id]) => {
    const isPod = place.endsWith('p');
    const capture = await Capture.start(testbed.processes, {
      netns: testbed.host(id).netns,
      ifname: isPod ? testbed.pod(id, 1).veth : UPLINK,
      filter: isPod ? 'tcp' : `udp port ${VXLAN_PORT}`,
      file: join(testbed.folder, `${place}.pcap`),
    });
    return [place as Place, capture] as const;
  });
  return Promise.all(starting);
}

async function drive(testbed: Testbed): Promise<void> {
  const [from, to] = [testbed.pod('a', 1), testbed.pod('b', 1)];
  const driving = TRAFFIC.map(async (traffic) => {
    const server = testbed.processes.spawn(serverCommand(traffic.port, traffic.mode), {
      netns: to.netns,
      cpu: testbed.host('b').cpu,
      stdout: 'pipe',
    });
    await Promise.race([once(server.stdout ?? server, 'data'), once(server, 'exit')]);
    const client = testbed.processes.spawn(
      clientCommand({ ...traffic, host: to.address, seconds: SECONDS, pauseMs: 60 }),
      { netns: from.netns, cpu: testbed.host('a').cpu, stderr: 'inherit' },
    );
    await once(client, 'exit');
  });
  await Promise.all(driving);
}

const JOINED = `
SELECT * FROM mark_edges(0, 9000000000000000000)
WHERE class <> 'answer' AND r_ap IS NOT NULL AND r_au IS NOT NULL AND t_bu IS NOT NULL AND t_bp IS NOT NULL`;
