import { afterAll, beforeAll, expect, it } from 'vitest';
import { makeEthernetDevice, type OwnDevice } from './fixture/device.js';
import { Judge, LOOPBACK } from './fixture/judge.js';
import { PacketSource } from './fixture/packets/family.js';
import { Random } from './fixture/packets/random.js';
import { Tally } from './fixture/tally.js';

/** A seed repeats a run; more packets dig deeper. */
const PACKETS = Number(process.env['PARSE_PACKETS'] ?? 1_050_000);
const SEED = Number(process.env['PARSE_SEED'] ?? Date.now() % 2 ** 32);
/** Of four packets, so many are parsed with a look into tunnels. */
const INTO_TUNNELS = 3;

let ethernet: OwnDevice;
beforeAll(async () => {
  ethernet = await makeEthernetDevice();
});
afterAll(() => ethernet.destroy());

/** Parses families of packets, which the judges compare as they come. */
function judgeAll(judges: readonly [Judge, Judge], packets: number): Tally {
  const random = new Random(SEED);
  const source = new PacketSource(random);
  const tally = new Tally();
  while (tally.packets < packets) {
    const judge = judges[random.below(4) < INTO_TUNNELS ? 0 : 1];
    const device = random.once(4) ? LOOPBACK : ethernet;
    for (const { bytes, made, offload } of source.family()) {
      tally.count(made, judge.submit(bytes, device, offload));
    }
  }
  return tally;
}

it(
  'finds in a million random and mutated packets what a second parser finds',
  { timeout: 120_000 },
  () => {
    const judges = [new Judge(true), new Judge(false)] as const;
    try {
      const tally = judgeAll(judges, PACKETS);
      for (const judge of judges) expect(judge.settle(), `seed ${SEED}`).toBeUndefined();
      console.log(`seed ${SEED}\n${tally.text()}`);
      expect(tally.packets).toBeGreaterThanOrEqual(PACKETS);
      // A run of rejects would prove nothing: every kind of packet must come, and be understood.
      expect(tally.share()).toBeGreaterThan(0.3);
      // All but first fragments that lost headers of what they hold.
      expect(tally.share('well-formed')).toBeGreaterThan(0.9);
      expect(tally.rarest().packets, tally.rarest().kind).toBeGreaterThan(PACKETS / 2000);
    } finally {
      for (const judge of judges) judge.close();
    }
  },
);
