/** Makes the way between two hosts longer: the middle routes it through a relay that holds every packet back. */
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { artifact } from '../../primitives/common/artifacts.js';
import { NetverdictError } from '../../primitives/common/errors/index.js';
import { batch } from '../../primitives/common/loader/iproute2.js';
import type { Testbed } from './index.js';
import type { HostId } from './plan.js';

const DEVICE = 'late0';
/** Routing table with one way: into the relay. */
const TABLE = 77;
/** Above what else runs: a relay that waits for a processor would add a delay of its own. */
const REAL_TIME = 20;

export interface Delay {
  readonly ways: readonly (readonly [from: HostId, to: HostId])[];
  readonly delayMs: number;
  /** Up and down, wandering; packets stay in order. */
  readonly jitterMs?: number;
}

/** Resolves when packets are late; answers how to undo it. One at a time. */
export async function delayPath(
  testbed: Testbed,
  { ways, delayMs, jitterMs = 0 }: Delay,
): Promise<() => Promise<void>> {
  const { middle } = testbed.plan;
  const rules = ways.map(
    ([from, to]) =>
      `iif ${testbed.host(from).middlePort} to ${testbed.host(to).underlay} lookup ${TABLE}`,
  );
  const detour = (verb: 'add' | 'del'): Promise<void> =>
    batch(
      'ip',
      rules.map((rule) => `rule ${verb} ${rule}`),
      middle,
    );
  await batch(
    'ip',
    [
      `tuntap add dev ${DEVICE} mode tun`,
      `link set ${DEVICE} up`,
      `route add default dev ${DEVICE} table ${TABLE}`,
    ],
    middle,
  );
  const relay = testbed.processes.spawn(
    [artifact('build/delay-relay'), DEVICE, `${delayMs * 1000}`, `${jitterMs * 1000}`],
    { netns: middle, realTime: REAL_TIME, stdout: 'pipe' },
  );
  const ready = once(relay.stdout ?? relay, 'data').then(() => true);
  const ended = once(relay, 'exit').then(() => false);
  if (!(await Promise.race([ready, ended])))
    throw new NetverdictError('NV_TESTBED_FAILED', `the relay ended with ${relay.exitCode}`);
  await detour('add');
  return async () => {
    await detour('del');
    await sleep(2 * (delayMs + jitterMs));
    await testbed.processes.end(relay);
    await batch('ip', [`link delete ${DEVICE}`], middle);
  };
}
