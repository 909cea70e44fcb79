/** A recorded run before the verdict engine again, in one of the modes in which agents fail. */
import type { Incident } from '../../../analyzer/incidents/incident.js';
import { createEngine, EVALUATE_EVERY_MS } from '../../../analyzer/incidents/index.js';
import type { RunRecord } from '../record.js';
import type { Mode, Parts } from './modes.js';
import type { Tape } from './tape.js';

/** Every second look of a live engine: a look costs a third of a second, and there are many runs and modes. */
const STEP_NS = 2n * BigInt(EVALUATE_EVERY_MS) * 1_000_000n;
const MS_NS = 1_000_000n;

const nanoseconds = (at: string): bigint => BigInt(Date.parse(at)) * MS_NS;

/** What clients and the injection say stays; incidents are those of the mode. What was armed is as recorded. */
export async function rerun(tape: Tape, mode: Mode, run: RunRecord): Promise<RunRecord> {
  const injectedNs = nanoseconds(run.injected_at);
  await tape.rewind(mode, await partsOf(tape, run), injectedNs);
  let nowNs = tape.beginsNs;
  const engine = createEngine({
    store: tape,
    control: {
      send: () => undefined,
      hosts: () => tape.hosts.filter((host) => tape.isConnected(host, nowNs)),
    },
    log: { debug: () => undefined, info: () => undefined, error: raise },
    now: () => nowNs,
  });
  engine.start(false);
  let earlier = new Set<string>();
  const endNs = nanoseconds(run.ended_at);
  for (; nowNs <= endNs; nowNs += STEP_NS) {
    if (nowNs < injectedNs) earlier = new Set(engine.list().map(({ id }) => id));
    engine.alerted(await tape.play(nowNs));
    await engine.look();
  }
  // The records end with the fault: what was not certain by then is published as it is.
  await engine.stop();
  const incidents: Incident[] = engine.list().reverse();
  return {
    ...run,
    incidents: incidents.filter(({ id }) => !earlier.has(id)),
    earlier: earlier.size,
  };
}

/** By the addresses of the first victim; of a run without, by their order. */
async function partsOf(tape: Tape, { victims }: RunRecord): Promise<Parts> {
  const flow = victims[0]?.flow;
  const [first = '', second = ''] = tape.hosts;
  const client = (flow && (await tape.hostOf(flow.src))) ?? first;
  const server = (flow && (await tape.hostOf(flow.dst))) ?? second;
  const bystander = tape.hosts.find((host) => host !== client && host !== server) ?? '';
  return { client, server, bystander };
}

function raise({ err }: { err?: unknown }, message: string): never {
  throw err instanceof Error ? err : new Error(message);
}
