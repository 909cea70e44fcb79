import { batch } from '../../primitives/common/loader/iproute2.js';
import { UPLINK } from '../testbed/plan.js';
import type { Fault } from './fault.js';

/** The uplink of b goes down and stays down. */
export const interfaceDown: Fault = {
  id: 'interface_down',
  title: 'the uplink of b is taken down',
  label: {
    domain: 'receiver_host',
    host: 'b',
    layer: 'link',
    cause: 'interface_down',
    culprit: 'link up0',
  },
  async inject(testbed) {
    const { netns, gateway } = testbed.host('b');
    await batch('ip', [`link set ${UPLINK} down`], netns);
    return () =>
      batch('ip', [`link set ${UPLINK} up`, `route replace default via ${gateway}`], netns);
  },
};
