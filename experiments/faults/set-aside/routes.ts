/** Ways that lead nowhere. */
import { VTEP } from '../../testbed/plan.js';
import type { Fault } from '../fault.js';
import { receiverHost, senderHost, until } from '../commands.js';

export const forwardingEntryLost: Fault = {
  id: 'forwarding_entry_lost',
  title: 'a forgets behind which tunnel end b is',
  label: senderHost('a', 'link'),
  inject(testbed) {
    const { vtepMac, underlay } = testbed.host('b');
    const entry = `${vtepMac} dev ${VTEP} dst ${underlay}`;
    return until(testbed.host('a').netns, {
      begin: `bridge fdb del ${entry}`,
      end: `bridge fdb append ${entry}`,
    });
  },
};

export const prohibitedRoute: Fault = {
  id: 'unreachable_in_middle',
  title: 'a router of the middle calls the way to b prohibited',
  label: { domain: 'network', host: null, layer: 'path', cause: 'partition' },
  inject(testbed) {
    const { underlay } = testbed.host('b');
    return until(testbed.plan.middle, {
      begin: `ip route add prohibit ${underlay}/32`,
      end: `ip route del prohibit ${underlay}/32`,
    });
  },
};

export const podRouteLost: Fault = {
  id: 'pod_route_lost',
  title: 'b-p1 loses its default route',
  label: receiverHost('b', 'netfilter'),
  inject: (testbed) =>
    until(testbed.pod('b', 1).netns, {
      begin: 'ip route del default',
      end: `ip route add default via ${testbed.host('b').bridgeAddress}`,
    }),
};

export const podLinkDown: Fault = {
  id: 'pod_link_down',
  title: 'the interface of b-p1 is taken down on the host’s side',
  label: receiverHost('b', 'link', 'interface_down'),
  inject: (testbed) =>
    until(testbed.host('b').netns, {
      begin: `ip link set ${testbed.pod('b', 1).veth} down`,
      end: `ip link set ${testbed.pod('b', 1).veth} up`,
    }),
};
