import type { Command } from 'commander';
import { addClientOptions, type ClientFlags, getJson } from '../client.js';
import { wholeNumber } from '../options.js';
import { table } from '../table.js';

interface FlowRow {
  readonly src: string;
  readonly src_port: number;
  readonly dst: string;
  readonly dst_port: number;
  readonly host: string;
  readonly tap_role: string;
  readonly pod: string;
  readonly payload_bytes: number;
  readonly retransmitted_segments: number;
  readonly rtt_us: number | null;
}

export function registerFlows(program: Command): void {
  addClientOptions(
    program.command('flows').description('list the flows seen lately, largest first'),
  )
    .option('--seconds <n>', 'how far back', wholeNumber(1), 10)
    .option('--json', 'print every column, as JSON')
    .action(async (flags: ClientFlags & { seconds: number; json?: boolean }) => {
      const { flows } = await getJson<{ flows: FlowRow[] }>(
        flags,
        `/v1/flows?seconds=${flags.seconds}`,
      );
      process.stdout.write(flags.json ? `${JSON.stringify(flows, null, 2)}\n` : listing(flows));
    });
}

const listing = (flows: readonly FlowRow[]): string =>
  table(
    ['from', 'to', 'tap', 'payload', 're-sent', 'RTT'],
    flows.map((f) => [
      `${f.src}:${f.src_port}`,
      `${f.dst}:${f.dst_port}`,
      `${f.host} ${f.pod || f.tap_role}`,
      `${f.payload_bytes} bytes`,
      f.retransmitted_segments,
      f.rtt_us === null ? '' : `${Math.round(f.rtt_us)} µs`,
    ]),
  );
