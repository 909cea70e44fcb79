/** Queues and policers where no tap is behind them. */
import { setHostQueue } from '../testbed/build.js';
import { UPLINK, UPLINK_MBIT } from '../testbed/plan.js';
import type { Testbed } from '../testbed/index.js';
import { type PodRef, startBulk } from '../workloads/index.js';
import type { Fault } from './fault.js';
import { receiverHost, senderHost, until } from './commands.js';

const police = (hook: string, kbytes: number): { begin: string; end: string } => ({
  begin: `nft add table netdev nv
nft 'add chain netdev nv police { type filter hook ${hook} device ${UPLINK} priority 0; }'
nft 'add rule netdev nv police limit rate over ${kbytes} kbytes/second burst 12 kbytes drop'`,
  end: 'nft delete table netdev nv',
});

export const egressPolicer: Fault = {
  id: 'egress_policer',
  title: 'a policer at the egress of the uplink of a drops what exceeds 32 kB/s',
  label: senderHost('a', 'netfilter', 'netfilter_drop'),
  inject: (testbed) => until(testbed.host('a').netns, police('egress', 32)),
};

export const ingressPolicer: Fault = {
  id: 'ingress_policer',
  title: 'a policer at the ingress of the uplink of b drops what exceeds 40 kB/s',
  label: receiverHost('b', 'netfilter', 'netfilter_drop'),
  inject: (testbed) => until(testbed.host('b').netns, police('ingress', 40)),
};

/** Small enough that a segment or two fill it: it drops, and delays little. */
export const shortQueue: Fault = {
  id: 'short_queue',
  title: 'the uplink of a has 4 Mbit/s and room for 3,200 bytes while a-p1 sends a stream',
  label: senderHost('a', 'qdisc', 'qdisc_backlog'),
  async inject(testbed) {
    const host = testbed.host('a');
    const bulk = startBulk(
      testbed,
      { host: 'a', pod: 1 },
      { host: 'b', pod: 2 },
      { port: 5303, mbit: 15 },
    );
    await setHostQueue(host, 4);
    const undo = await until(host.netns, {
      begin: `tc qdisc replace dev ${UPLINK} parent 1:1 handle 10: bfifo limit 3200`,
      end: 'true',
    });
    return async () => {
      await bulk.stop();
      await undo();
      await setHostQueue(host, UPLINK_MBIT.a);
    };
  },
};

/** Shapes a device of a namespace while more wants to pass it. */
async function shape(
  testbed: Testbed,
  { netns, device }: { readonly netns: string; readonly device: string },
  bulk: Bulk,
): Promise<() => Promise<void>> {
  const more = startBulk(testbed, bulk.from, bulk.to, { port: bulk.port, mbit: 10 });
  const undo = await until(netns, {
    begin: `tc qdisc add dev ${device} root tbf rate 6mbit burst 16kb latency 60ms`,
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

export const shapedTowardsPod: Fault = {
  id: 'shaped_towards_pod',
  title: 'b shapes what goes to b-p1 to 6 Mbit/s while more comes',
  label: receiverHost('b', 'qdisc', 'qdisc_backlog'),
  inject: (testbed) =>
    shape(
      testbed,
      { netns: testbed.host('b').netns, device: testbed.pod('b', 1).veth },
      { from: { host: 'c', pod: 2 }, to: { host: 'b', pod: 1 }, port: 5304 },
    ),
};

export const shapedInPod: Fault = {
  id: 'shaped_in_pod',
  title: 'b-p1 shapes what it sends to 6 Mbit/s while it sends more',
  label: receiverHost('b', 'qdisc', 'qdisc_backlog'),
  inject: (testbed) =>
    shape(
      testbed,
      { netns: testbed.pod('b', 1).netns, device: 'eth0' },
      { from: { host: 'b', pod: 1 }, to: { host: 'c', pod: 2 }, port: 5305 },
    ),
};
