import { Type } from 'typebox';
import type { FlowKey } from '../../incidents/engine.js';
import { Flow } from '../../incidents/flow.js';
import { wireFlow } from '../../incidents/wire.js';
import { LevelProbes } from '../../incidents/level-probes.js';
import { leftOut, ORDERS, TCP, traced } from '../../incidents/trace.js';
import { Waterfall } from '../../incidents/waterfall.js';
import type { Routes } from '../routes.js';
import { Traces } from '../traces.js';

const address = Type.String({ minLength: 2, maxLength: 45 });
const port = Type.Integer({ minimum: 0, maximum: 65_535 });
const asked = {
  ...{ src: address, src_port: port, dst: address, dst_port: port },
  protocol: Type.Enum(['tcp'], { default: 'tcp' }),
};

const flowOf = ({ src, src_port, dst, dst_port }: Omit<FlowKey, 'protocol'>): FlowKey => ({
  ...{ src, src_port, dst, dst_port },
  protocol: TCP,
});

const Trace = Type.Object({
  flow: Flow,
  sampled: Type.Integer({ description: 'segments that every tap on the way had the time to see' }),
  joined: Type.Integer({ description: 'of those, seen by every tap, or up to their drop' }),
  left_out: Type.Integer({
    description: 'packets that taps and probes left out: of many a sample is told',
  }),
  probes: Type.Array(LevelProbes, {
    description: 'what told of it, by host and level, and what could not',
  }),
  waterfalls: Type.Array(Waterfall),
});

export const traceRoutes: Routes = (app, { store, control }, done) => {
  const traces = new Traces(store, control);

  app.post(
    '/v1/trace',
    {
      schema: {
        description:
          'Arms a TCP flow, in both directions, on the hosts of its ends. It disarms by itself.',
        body: Type.Object({
          ...asked,
          seconds: Type.Integer({ minimum: 1, maximum: 30, default: 2 }),
        }),
        response: {
          200: Type.Object({
            id: Type.String(),
            flow: Flow,
            hosts: Type.Array(Type.String()),
            since_ms: Type.Integer({ description: 'wall clock of the analyzer' }),
          }),
        },
      },
    },
    async ({ body }) => {
      const since_ms = Date.now();
      const { id, flow, hosts } = await traces.arm(flowOf(body), body.seconds);
      return { id, flow: wireFlow(flow), hosts, since_ms };
    },
  );

  app.get(
    '/v1/trace',
    {
      schema: {
        description:
          'Waterfalls of the segments of a TCP flow, in the direction of src to dst, that were traced lately.',
        querystring: Type.Object({
          ...asked,
          seconds: Type.Integer({ minimum: 1, maximum: 60, default: 10 }),
          since_ms: Type.Optional(
            Type.Integer({ minimum: 0, description: 'nothing older, as POST answered it' }),
          ),
          packets: Type.Integer({ minimum: 1, maximum: 100, default: 5 }),
          order: Type.Enum(ORDERS, { default: 'slowest' }),
        }),
        response: { 200: Trace },
      },
    },
    async ({ query }) => {
      const flow = await traces.trueFlow(flowOf(query));
      const toNs = BigInt(Date.now()) * 1_000_000n;
      const oldestNs = toNs - BigInt(query.seconds) * 1_000_000_000n;
      const sinceNs = BigInt(query.since_ms ?? 0) * 1_000_000n;
      const window = { fromNs: sinceNs > oldestNs ? sinceNs : oldestNs, toNs };
      await store.flush();
      const found = traced(store, flow, window, { order: query.order, most: query.packets });
      return {
        flow: wireFlow(flow),
        ...(await found),
        left_out: await leftOut(store, flow, window),
        probes: await traces.probes(flow),
      };
    },
  );
  done();
};
