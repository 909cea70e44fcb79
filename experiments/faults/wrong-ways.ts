/** Hosts that send to somebody else, or now and then to nobody. */
import { setTimeout as sleep } from 'node:timers/promises';
import { BRIDGE, UPLINK, VTEP } from '../testbed/plan.js';
import { receiverHost, senderHost, until } from './commands.js';
import type { Fault } from './fault.js';
import { graded } from './grades.js';

export const wrongTunnelEnd: Fault = {
  id: 'wrong_tunnel_end',
  title: 'a takes the tunnel end of c for that of b',
  label: senderHost('a', 'link'),
  inject(testbed) {
    const { vtepMac, underlay } = testbed.host('b');
    const entry = `bridge fdb replace ${vtepMac} dev ${VTEP} dst`;
    return until(testbed.host('a').netns, {
      begin: `${entry} ${testbed.host('c').underlay}`,
      end: `${entry} ${underlay}`,
    });
  },
};

export const wrongNeighbour: Fault = {
  id: 'wrong_neighbour',
  title: 'b takes another link address for that of b-p1',
  label: receiverHost('b', 'link'),
  inject(testbed) {
    const { address } = testbed.pod('b', 1);
    return until(testbed.host('b').netns, {
      begin: `ip neigh replace ${address} lladdr 02:00:00:00:99:99 dev ${BRIDGE} nud permanent`,
      end: `ip neigh del ${address} dev ${BRIDGE}`,
    });
  },
};

const PERIOD_MS = 1500;
const DOWN = { what: 'down', unit: `ms of ${PERIOD_MS}`, values: [100, 300, 800] } as const;

export const flappingInterface = graded({ ...DOWN, usual: 300 }, (downMs) => ({
  id: 'flapping_interface',
  title: `the uplink of a is down for ${downMs} ms of each ${PERIOD_MS}`,
  label: { ...senderHost('a', 'link', 'interface_down'), culprit: `link ${UPLINK}` },
  inject(testbed) {
    const { netns, gateway } = testbed.host('a');
    const down = {
      begin: `ip link set ${UPLINK} down`,
      end: `ip link set ${UPLINK} up && ip route replace default via ${gateway}`,
    };
    let over = false;
    const flap = async (): Promise<void> => {
      while (!over) {
        const up = await until(netns, down);
        await sleep(downMs);
        await up();
        await sleep(PERIOD_MS - downMs);
      }
    };
    const flapping = flap();
    return Promise.resolve(async () => {
      over = true;
      await flapping;
    });
  },
}));
