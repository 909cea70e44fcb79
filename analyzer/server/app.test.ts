import { type InjectOptions, type LightMyRequestResponse } from 'fastify';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fromArrow } from '../../primitives/common/schema/arrow.js';
import { toArrow } from '../../primitives/common/schema/arrow-encode.js';
import { batchFromRows, type Row, rowsFromBatch } from '../../primitives/common/schema/columns.js';
import type { StreamName } from '../../primitives/common/schema/streams.js';
import { viewDefinitions } from '../sql/index.js';
import type { Store } from '../store/database.js';
import { type App, buildApp } from './app.js';
import { ControlHub } from './control.js';
import { ALERT, incident, RecordingEngine, temporaryStore } from './fixtures.js';

let app: App;
let store: Store;
let engine: RecordingEngine;
let remove: () => Promise<void>;

beforeEach(async () => {
  ({ store, remove } = await temporaryStore());
  engine = new RecordingEngine();
  app = await buildApp({ store, engine, control: new ControlHub() });
});

afterEach(async () => {
  await app.close();
  await remove();
});

const ALERTS = toArrow(batchFromRows('alert', [ALERT, { ...ALERT, src_port: 40001 }]));

const post = (
  table: StreamName | 'nothing',
  payload: Uint8Array,
  headers: InjectOptions['headers'] = {},
): Promise<LightMyRequestResponse> =>
  app.inject({
    method: 'POST',
    url: `/v1/ingest/${table}`,
    headers: {
      'content-type': 'application/vnd.apache.arrow.stream',
      'x-netverdict-host': 'a',
      'x-netverdict-sent-ns': '1000',
      ...headers,
    },
    payload: Buffer.from(payload),
  });

const stored = async (): Promise<unknown> => {
  await store.flush();
  return (await store.query('SELECT count(*) AS n FROM alert'))[0]?.['n'];
};

describe('POST /v1/ingest', () => {
  it('adds up what a probe lost on a processor, for who looks at the metrics', async () => {
    const lost = {
      ...{ host: 'b', time_ns: 1n, place: 'ring packet_events', reason: 'full' },
      ...{ probe: 'netif_rx', cpu: 1, records: 3n },
    };
    const batch = toArrow(batchFromRows('loss_account', [lost, { ...lost, cpu: 0 }]));
    await post('loss_account', batch, { 'x-netverdict-host': 'b' });
    await post('loss_account', batch, { 'x-netverdict-host': 'b' });
    expect((await app.inject('/metrics')).body).toContain(
      'records_lost_total{host="b",place="ring packet_events",reason="full",probe="netif_rx",cpu="1"} 6\n',
    );
  });

  it('stores a batch under the host that sent it and tells the engine of alerts', async () => {
    const answer = await post('alert', ALERTS, { 'x-netverdict-host': 'b' });
    expect(answer.json()).toEqual({ rows: 2 });
    await store.flush();
    expect(await store.query('SELECT DISTINCT host, kind FROM alert')).toEqual([
      { host: 'b', kind: 'rtt_shift' },
    ]);
    expect(engine.alerts).toEqual([
      { ...ALERT, host: 'b' },
      { ...ALERT, host: 'b', src_port: 40001 },
    ]);
    expect(await store.query('SELECT host FROM host_clock')).toEqual([{ host: 'b' }]);
  });

  it('refuses what is not of the schema, says why, and keeps what follows', async () => {
    const garbage = await post('alert', Buffer.from('no arrow at all, just words'));
    const stranger = await post('mapping', ALERTS);
    const empty = await post('alert', new Uint8Array());
    for (const answer of [garbage, stranger, empty]) {
      expect(answer.statusCode).toBe(422);
      expect(answer.json()).toMatchObject({ error: { code: 'NV_SCHEMA_MISMATCH' } });
    }
    expect(stranger.json<{ error: { message: string } }>().error.message).toMatch(
      /expected records of mapping, got "alert"/,
    );
    expect(await stored()).toBe(0);
    expect((await post('alert', ALERTS)).statusCode).toBe(200);
    expect(await stored()).toBe(2);
    expect((await app.inject('/metrics')).body).toContain('rejected_batches_total 3\n');
  });

  it('refuses an unknown table, a missing host and another content type', async () => {
    expect((await post('nothing', ALERTS)).json()).toMatchObject({
      error: { code: 'NV_UNKNOWN_TABLE', message: '"nothing" is no record stream' },
    });
    expect((await post('alert', ALERTS, { 'x-netverdict-host': '' })).statusCode).toBe(400);
    expect((await post('alert', ALERTS, { 'content-type': 'text/csv' })).statusCode).toBe(415);
  });
});

describe('/v1/trace', () => {
  const FLOW = { src: '10.0.0.1', src_port: 40000, dst: '10.0.0.2', dst_port: 80 };
  const sent: { host: string; message: unknown }[] = [];

  beforeEach(async () => {
    for (const definition of viewDefinitions()) await store.query(definition);
    await app.close();
    sent.length = 0;
    const control = new ControlHub();
    control.hosts = () => ['a', 'b', 'c'];
    control.send = (host, message) => void sent.push({ host, message });
    app = await buildApp({ store, engine, control });
  });

  const arm = (body: object): Promise<LightMyRequestResponse> =>
    app.inject({ method: 'POST', url: '/v1/trace', payload: body });

  it('arms the hosts that have an end of the flow, all where none is known, for a bounded time', async () => {
    expect((await arm(FLOW)).json()).toMatchObject({ hosts: ['a', 'b', 'c'] });
    const named = { host: 'b', address: FLOW.dst, role: 'pod', pod: 'p', ifname: 'veth1' };
    const endpoint = { ...named, ifindex: 3, netns: 1, present: 1, time_ns: 1000n };
    await post('endpoint', toArrow(batchFromRows('endpoint', [endpoint])), {
      'x-netverdict-host': 'b',
    });
    await store.flush();
    expect((await arm({ ...FLOW, seconds: 5 })).json()).toMatchObject({ hosts: ['b'] });
    expect(sent.at(-1)).toMatchObject({
      host: 'b',
      message: { type: 'arm', seconds: 5, flows: [{ ...FLOW, protocol: 6 }] },
    });
    expect((await arm({ ...FLOW, seconds: 31 })).statusCode).toBe(400);
    for (let more = 0; more < 6; more++) expect((await arm(FLOW)).statusCode).toBe(200);
    expect((await arm(FLOW)).json()).toMatchObject({ error: { code: 'NV_USAGE' } });
  });

  it('answers what was traced, and for each level what told of it and what could not', async () => {
    const probes = JSON.stringify([
      { level: 'nic', probe: 'netif_rx', state: 'attached', reason: '' },
      { level: 'nic', probe: 'transmit completion', state: 'absent', reason: 'a veth has none' },
    ]);
    const armed = { host: 'a', time_ns: 5n, incident: 't1', state: 'armed', detail: '', probes };
    const rows = toArrow(batchFromRows('arming', [armed]));
    await post('arming', rows, { 'x-netverdict-host': 'a' });
    const query = new URLSearchParams(FLOW as unknown as Record<string, string>);
    expect((await app.inject(`/v1/trace?${query.toString()}`)).json()).toMatchObject({
      ...{ flow: { ...FLOW, protocol: 'tcp' }, sampled: 0, joined: 0, waterfalls: [] },
      probes: [
        {
          ...{ host: 'a', level: 'nic', attached: ['netif_rx'] },
          absent: [{ probe: 'transmit completion', reason: 'a veth has none' }],
        },
        { host: 'b', level: 'all', absent: [{ reason: 'its agent has armed nothing' }] },
        { host: 'c', level: 'all' },
      ],
    });
    expect((await app.inject('/v1/trace?src=10.0.0.1')).statusCode).toBe(400);
  });
});

describe('GET /v1/incidents', () => {
  it('pages through them, newest first, and filters by state', async () => {
    engine.incidents.push(incident('3'), incident('2', 'closed'), incident('1'));
    const first = await app.inject('/v1/incidents?limit=2');
    expect(first.json()).toEqual({
      incidents: [incident('3'), incident('2', 'closed')],
      next: '2',
    });
    const second = await app.inject('/v1/incidents?limit=2&cursor=2');
    expect(second.json()).toEqual({ incidents: [incident('1')], next: null });
    const open = await app.inject('/v1/incidents?state=open');
    expect(open.json<{ incidents: { id: string }[] }>().incidents.map(({ id }) => id)).toEqual([
      '3',
      '1',
    ]);
    expect((await app.inject('/v1/incidents?cursor=9')).statusCode).toBe(400);
    expect((await app.inject('/v1/incidents?state=lost')).statusCode).toBe(400);
  });

  it('gives one, its report and its bundle', async () => {
    engine.incidents.push({ ...incident('1'), opened_at: new Date().toISOString() });
    await post('alert', toArrow(batchFromRows('alert', [ALERT, { ...ALERT, dst_port: 81 }])));
    expect((await app.inject('/v1/incidents/1')).json()).toEqual(engine.incidents[0]);
    const html = await app.inject('/v1/incidents/1/report?format=html');
    expect(html.headers['content-type']).toMatch('text/html');
    expect(html.body).toContain('10.0.0.1');
    expect((await app.inject('/v1/incidents/1/report')).body).toContain('10.0.0.1');
    const bundle = (await app.inject('/v1/incidents/1/bundle')).json<{
      rows: { alert: object[] };
    }>();
    expect(bundle.rows.alert).toMatchObject([{ dst_port: 80 }]);
    expect((await app.inject('/v1/incidents/2')).json()).toEqual({
      error: { code: 'NV_NOT_FOUND', message: 'no incident "2"' },
    });
  });
});

it('POST /v1/query reads and only reads', async () => {
  await post('alert', ALERTS);
  const ask = (sql: string): Promise<LightMyRequestResponse> =>
    app.inject({ method: 'POST', url: '/v1/query', payload: { sql } });
  const big = '9223372036854775807';
  expect((await ask(`SELECT count(*) AS n, ${big} AS big FROM alert`)).json()).toEqual({
    rows: [{ n: 2, big }],
    truncated: false,
  });
  const refused = await ask('DELETE FROM alert');
  expect(refused.statusCode).toBe(400);
  expect(refused.json()).toMatchObject({ error: { code: 'NV_BAD_QUERY' } });
  expect(await stored()).toBe(2);
});

it('GET /v1/export gives what /v1/ingest takes', async () => {
  await post('alert', ALERTS);
  const arrow = await app.inject('/v1/export/alert');
  expect(rowsFromBatch(fromArrow('alert', arrow.rawPayload))).toEqual(
    rowsFromBatch(fromArrow('alert', ALERTS)),
  );
  const parquet = await app.inject('/v1/export/alert?format=parquet');
  expect(parquet.rawPayload.subarray(0, 4).toString()).toBe('PAR1');
});

it('lists flows and hosts, is ready, and describes itself', async () => {
  await post('alert', ALERTS);
  expect((await app.inject('/v1/flows')).json()).toEqual({ flows: [] });
  expect((await app.inject('/v1/hosts')).json()).toMatchObject({
    hosts: [{ host: 'a', connected: false }],
  });
  expect((await app.inject('/readyz')).statusCode).toBe(200);
  expect((await app.inject('/healthz')).statusCode).toBe(200);
  const { paths } = (await app.inject('/v1/openapi.json')).json<{ paths: object }>();
  expect(Object.keys(paths)).toEqual(
    expect.arrayContaining(['/v1/incidents', '/v1/incidents/{id}/report', '/v1/ingest/{table}']),
  );
});

it('names taps that do not see everything to Prometheus and with their host', async () => {
  const tap = {
    host: 'a',
    time_ns: 5n,
    ifname: 'up0',
    ifindex: 2,
    tap_role: 'uplink',
    pod: '',
    hook: 'ingress',
    state: 'missing',
    ahead: 'tcx "cil\\"x" (program 7)',
    span_ns: 5_000_000_000n,
    device_bytes: 1000n,
    missing_bytes: 400n,
    device_packets: 100n,
    tap_packets: 60n,
    unparsed: 3n,
  };
  const veth = { ...tap, ifname: 'v1', tap_role: 'pod', pod: 'p1', missing_bytes: 0n };
  const gone = { ...veth, hook: 'egress', state: 'detached', ahead: '' };
  const rows = [tap, { ...veth, state: 'ahead' }, gone];
  await post('tap_coverage', toArrow(batchFromRows('tap_coverage', rows)));
  const { body } = await app.inject('/metrics');
  const labels = 'host="a",ifname="up0",pod="",hook="ingress"';
  expect(body).toContain(`netverdict_tap_missing_ratio{${labels}} 0.4\n`);
  expect(body).toContain(
    `netverdict_tap_programs_ahead{${labels},ahead="tcx \\"cil\\\\\\"x\\" (program 7)"} 1\n`,
  );
  expect(body).not.toContain('netverdict_tap_missing_ratio{host="a",ifname="v1"');
  expect(body).toContain(
    'netverdict_tap_detached{host="a",ifname="v1",pod="p1",hook="egress"} 1\n',
  );
  const { hosts } = (await app.inject('/v1/hosts')).json<{
    hosts: { blind_taps: { ifname: string; missing_share: number }[] }[];
  }>();
  expect(hosts[0]?.blind_taps.map((t) => [t.ifname, t.missing_share])).toEqual([
    ['up0', 0.4],
    ['v1', 0],
    ['v1', 0],
  ]);
});

it('tells what agents cost, and that they do less', async () => {
  const cost = (object: string, metric: string, value: number): object => ({
    ...{ host: 'a', time_ns: 1n, source: 'agent', unit: '', temporality: 'gauge' },
    ...{ object, metric, value },
  });
  const told = async (...rows: object[]): Promise<void> => {
    await post('host_counter', toArrow(batchFromRows('host_counter', rows as Row[])));
    await store.flush();
  };
  await told(cost('process', 'cpu', 0.5), cost('governor', 'steps', 0));
  await told(cost('process', 'cpu', 0.03), cost('governor', 'steps', 2));
  const { body } = await app.inject('/metrics');
  expect(body).toContain('netverdict_agent_cpu_ratio{host="a",of="process"} 0.03\n');
  expect(body).not.toContain('of="programs"');
  expect(body).toContain('netverdict_agent_shed_steps{host="a"} 2\n');
  await told(cost('programs', 'cpu', 0.01));
  const { hosts } = (await app.inject('/v1/hosts')).json<{ hosts: { cost: object }[] }>();
  expect(hosts[0]?.cost).toEqual({ host: 'a', process: 0.03, programs: 0.01, steps: 2 });
});

it('asks for the token below /v1 only', async () => {
  const guarded = await buildApp({ store, engine, control: new ControlHub(), token: 'secret' });
  const status = async (url: string, authorization?: string): Promise<number> =>
    (await guarded.inject({ url, headers: authorization === undefined ? {} : { authorization } }))
      .statusCode;
  expect(await status('/v1/incidents')).toBe(401);
  expect(await status('/%761/incidents')).toBe(401);
  expect(await status('/v1/incidents', 'Bearer wrong')).toBe(401);
  expect(await status('/v1/incidents', 'Bearer secret')).toBe(200);
  expect(await status('/readyz')).toBe(200);
  await guarded.close();
});
