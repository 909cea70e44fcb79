import { setTimeout as sleep } from 'node:timers/promises';
import type { Command } from 'commander';
import pc from 'picocolors';
import type { LevelProbes } from '../../analyzer/incidents/level-probes.js';
import type { Waterfall } from '../../analyzer/incidents/waterfall.js';
import { count, percent } from '../../analyzer/report/units.js';
import { waterfallTable } from '../../analyzer/report/waterfall.js';
import { NetverdictError } from '../../primitives/common/errors/index.js';
import { addClientOptions, type ClientFlags, getJson, postJson } from '../client.js';
import { columns, wrap } from '../columns.js';
import { parseFlow, type TypedFlow } from '../flow.js';
import { wholeNumber } from '../options.js';

type TraceFlags = ClientFlags & {
  seconds: number;
  packets: number;
  latest?: true;
  json?: true;
};

interface Trace {
  readonly sampled: number;
  readonly joined: number;
  readonly left_out: number;
  readonly probes: readonly LevelProbes[];
  readonly waterfalls: readonly Waterfall[];
}

const COLUMNS = 110;
/** Until an agent has drained and sent, and the analyzer has stored. */
const SETTLED_MS = 1200;

export function registerTrace(program: Command): void {
  addClientOptions(
    program
      .command('trace <flow>')
      .description('trace a TCP flow for a while and print the way of its packets over both hosts')
      .addHelpText(
        'after',
        '\nFLOW is the direction of the data: 10.0.1.2:40000>10.0.2.2:8000 (quote it: > is a character of the shell)',
      ),
  )
    .option('--seconds <n>', 'how long it is traced, at most 30', wholeNumber(1, 30), 2)
    .option(
      '--packets <n>',
      'how many of its packets are shown, at most 100',
      wholeNumber(1, 100),
      3,
    )
    .option('--latest', 'the newest packets instead of the slowest')
    .option('--json', 'print JSON')
    .action(async (text: string, flags: TraceFlags) => {
      const trace = await traceOf(parseFlow(text), flags);
      process.stdout.write(flags.json ? `${JSON.stringify(trace, null, 2)}\n` : listing(trace));
      if (trace.waterfalls.length === 0)
        throw new NetverdictError(
          'NV_NOT_FOUND',
          `no packet of "${text}" was seen in ${flags.seconds} s`,
        );
    });
}

async function traceOf(flow: TypedFlow, flags: TraceFlags): Promise<Trace> {
  const { seconds, packets } = flags;
  const asked = { ...flow, seconds };
  const { since_ms } = await postJson<{ since_ms: number }>(flags, '/v1/trace', asked);
  await sleep(seconds * 1000 + SETTLED_MS);
  const query = new URLSearchParams({
    ...{ src: flow.src, src_port: String(flow.src_port) },
    ...{ dst: flow.dst, dst_port: String(flow.dst_port) },
    since_ms: String(since_ms),
    seconds: '60',
    packets: String(packets),
    order: flags.latest ? 'latest' : 'slowest',
  });
  return getJson<Trace>(flags, `/v1/trace?${query.toString()}`);
}

function listing({ sampled, joined, left_out, probes, waterfalls }: Trace): string {
  const share = sampled === 0 ? '' : ` (${percent(joined / sampled)})`;
  return [
    ...waterfalls.flatMap(picture),
    `joined ${count(joined)} of ${count(sampled)}${share}: segments that every tap on their way told of`,
    ...(left_out === 0
      ? []
      : [
          `${count(left_out)} packets were left out: of many a sample is told, the same on both hosts`,
        ]),
    ...probes.flatMap(levelLines),
    '',
  ].join('\n');
}

function levelLines({ host, level, attached, absent }: LevelProbes): string[] {
  const gaps = absent.map(({ probe, reason }) => `${probe} (${reason})`);
  return wrap(
    `${host} ${level}: ${attached.join(', ') || 'nothing'}${gaps.length > 0 ? `; not available: ${gaps.join(', ')}` : ''}`,
    COLUMNS,
  );
}

function picture(waterfall: Waterfall): string[] {
  const { title, head, rows } = waterfallTable(waterfall);
  const [names = '', ...lines] = columns([head, ...rows], COLUMNS);
  return [...wrap(title, COLUMNS).map(pc.bold), pc.dim(names), ...lines, ''];
}
