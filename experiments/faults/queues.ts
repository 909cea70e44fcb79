/** Queues and policers where no tap is behind them. */
import type { Testbed } from '../testbed/index.js';
import { UPLINK } from '../testbed/plan.js';
import { inNamespace } from '../testbed/shell.js';
import { type PodRef, startBulk } from '../workloads/index.js';
import { graded } from './grades.js';
import { receiverHost, senderHost, until } from './commands.js';
import { narrowUplink } from './qdisc-backlog.js';

const police = (hook: string, kbytes: number): { begin: string; end: string } => ({
  begin: `nft add table netdev nv
nft 'add chain netdev nv police { type filter hook ${hook} device ${UPLINK} priority 0; }'
nft 'add rule netdev nv police limit rate over ${kbytes} kbytes/second burst 12 kbytes drop'`,
  end: 'nft delete table netdev nv',
});

const POLICED = { what: 'rate let through', unit: 'kB/s' } as const;

export const egressPolicer = graded({ ...POLICED, values: [64, 32, 16], usual: 32 }, (kbytes) => ({
  id: 'egress_policer',
  title: `a policer at the egress of the uplink of a drops what exceeds ${kbytes} kB/s`,
  label: senderHost('a', 'netfilter', 'netfilter_drop'),
  inject: (testbed) => until(testbed.host('a').netns, police('egress', kbytes)),
}));

export const ingressPolicer = graded({ ...POLICED, values: [80, 40, 20], usual: 40 }, (kbytes) => ({
  id: 'ingress_policer',
  title: `a policer at the ingress of the uplink of b drops what exceeds ${kbytes} kB/s`,
  label: receiverHost('b', 'netfilter', 'netfilter_drop'),
  inject: (testbed) => until(testbed.host('b').netns, police('ingress', kbytes)),
}));

const ROOM = { what: 'room of the queue', unit: 'bytes', values: [12_800, 6400, 3200] } as const;

/** Small enough that a segment or two fill it: it drops, and delays little. */
export const shortQueue = graded({ ...ROOM, usual: 3200 }, (bytes) => ({
  id: 'short_queue',
  title: `the uplink of a has 4 Mbit/s and room for ${bytes} bytes while a-p1 sends a stream`,
  label: senderHost('a', 'qdisc', 'qdisc_backlog'),
  async inject(testbed) {
    const undo = await narrowUplink(testbed, 4);
    await inNamespace(
      testbed.host('a').netns,
      `tc qdisc replace dev ${UPLINK} parent 1:1 handle 10: bfifo limit ${bytes}`,
    );
    return undo;
  },
}));

/** Shapes a device of a namespace while more wants to pass it. */
async function shape(
  testbed: Testbed,
  { netns, device }: { readonly netns: string; readonly device: string },
  bulk: Bulk,
  mbit: number,
): Promise<() => Promise<void>> {
  const more = startBulk(testbed, bulk.from, bulk.to, { port: bulk.port, mbit: 10 });
  const undo = await until(netns, {
    begin: `tc qdisc add dev ${device} root tbf rate ${mbit}mbit burst 16kb latency 60ms`,
    end: `tc qdisc del dev ${device} root`,
  });
  return async () => {
    await undo();
    await more.stop();
  };
}

interface Bulk {
  readonly from: PodRef;
  readonly to: PodRef;
  readonly port: number;
}

const SHAPED = { what: 'rate', unit: 'Mbit/s', values: [9, 6, 3], usual: 6 } as const;

export const shapedTowardsPod = graded(SHAPED, (mbit) => ({
  id: 'shaped_towards_pod',
  title: `b shapes what goes to b-p1 to ${mbit} Mbit/s while more comes`,
  label: receiverHost('b', 'qdisc', 'qdisc_backlog'),
  inject: (testbed) =>
    shape(
      testbed,
      { netns: testbed.host('b').netns, device: testbed.pod('b', 1).veth },
      { from: { host: 'c', pod: 2 }, to: { host: 'b', pod: 1 }, port: 5304 },
      mbit,
    ),
}));

export const shapedInPod = graded(SHAPED, (mbit) => ({
  id: 'shaped_in_pod',
  title: `b-p1 shapes what it sends to ${mbit} Mbit/s while it sends more`,
  label: receiverHost('b', 'qdisc', 'qdisc_backlog'),
  inject: (testbed) =>
    shape(
      testbed,
      { netns: testbed.pod('b', 1).netns, device: 'eth0' },
      { from: { host: 'b', pod: 1 }, to: { host: 'c', pod: 2 }, port: 5305 },
      mbit,
    ),
}));
