/** A store with an incident that was judged on records made here: a path became longer. */
import { setTimeout as sleep } from 'node:timers/promises';
import { batchFromRows, fieldsOf, type Row } from '../../primitives/common/schema/columns.js';
import type { StreamName } from '../../primitives/common/schema/streams.js';
import type { Incident } from '../incidents/incident.js';
import { createEngine } from '../incidents/index.js';
import { ALERT, temporaryStore } from '../server/fixtures.js';
import type { Store } from '../store/database.js';

export const SECOND = 1_000_000_000n;
const FLOW = { src: '10.1.0.2', src_port: 40000, dst: '10.2.0.2', dst_port: 80, protocol: 6 };

/** The other fields are zero or empty. */
function rowOf(stream: StreamName, given: Partial<Row>): Row {
  const empty = Object.entries(fieldsOf(stream)).map(([name, { type }]) => {
    if (type.kind === 'histogram') return [name, new Uint32Array(type.length)];
    return [name, type.kind === 'scalar' ? 0 : ''];
  });
  return { ...(Object.fromEntries(empty) as Row), ...(given as Row) };
}

const endpoint = (host: string, address: string): Row =>
  rowOf('endpoint', { host, address, pod: `${host}1`, ifindex: 3, role: 'pod', present: 1 });

/** Marks at all four taps, 20 a second. */
function traffic(fromNs: bigint, toNs: bigint, networkUs: number): Row[] {
  const rows: Row[] = [];
  for (let at = fromNs; at < toNs; at += SECOND / 20n) {
    const mark = Number((at / 1_000_000n) % 4_294_967_296n);
    const noise = (mark * 7919) % 1000;
    const place = (host: string, tap_role: string, us: number): Row =>
      rowOf('mark_sample', {
        ...{ ...FLOW, host, tap_role, ifindex: tap_role === 'pod' ? 3 : 0, mark },
        ...{ closing_ack: mark + 1, class: 'exact', piggyback: 1 },
        ...{ start_ns: at, turnaround_ns: BigInt(1000 * us + noise) },
      });
    rows.push(
      place('a', 'pod', 340 + networkUs),
      place('a', 'uplink', 320 + networkUs),
      place('b', 'uplink', 320),
      place('b', 'pod', 300),
    );
  }
  return rows;
}

const HOSTS = ['a', 'b'];
const WITHIN_MS = 8000;

export async function longerPath(): Promise<{
  store: Store;
  incident: Incident;
  remove: () => Promise<void>;
}> {
  const { store, remove } = await temporaryStore();
  const take = (stream: StreamName, rows: Row[], receivedNs: bigint): void => {
    for (const host of HOSTS) {
      const own = rows.filter((row) => row['host'] === host);
      store.append(batchFromRows(stream, own), host, receivedNs);
    }
  };
  const now = BigInt(Date.now()) * 1_000_000n;
  // On every host's clock it is 100 s.
  const onHost = (fromNs: bigint, toNs: bigint, us: number): Row[] =>
    traffic(fromNs - now + 100n * SECOND, toNs - now + 100n * SECOND, us);
  for (const host of HOSTS) await store.clocks.observe(host, 100n * SECOND, now);
  take('endpoint', [endpoint('a', FLOW.src), endpoint('b', FLOW.dst)], now - 200n * SECOND);
  take('mark_sample', onHost(now - 20n * SECOND, now - SECOND / 5n, 200), now - SECOND / 5n);
  take('mark_sample', onHost(now - SECOND / 5n, now + 2n * SECOND, 30_000), now);
  const incident = await judged(store);
  // What comes later must not be read.
  const later = BigInt(Date.now()) * 1_000_000n;
  take('mark_sample', onHost(now - 20n * SECOND, now, 90_000), later);
  take('endpoint', [endpoint('b', FLOW.src)], later);
  return { store, incident, remove };
}

async function judged(store: Store): Promise<Incident> {
  const engine = createEngine({
    store,
    control: { send: () => undefined, hosts: () => HOSTS },
    log: {
      debug: () => undefined,
      info: () => undefined,
      error: ({ err }: { err?: unknown }) => {
        throw err;
      },
    },
  });
  engine.start();
  engine.alerted([{ ...ALERT, ...FLOW, observed: 20_000_000n, time_ns: 100n * SECOND }]);
  const untilMs = performance.now() + WITHIN_MS;
  while (engine.list()[0]?.state !== 'diagnosed' && performance.now() < untilMs) await sleep(50);
  await engine.stop();
  const [incident] = engine.list();
  if (incident?.state !== 'diagnosed') throw new Error('no verdict in time');
  return incident;
}
