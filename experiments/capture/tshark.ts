/** Captures as tshark reads them: its dissection, and its own RTT of each ACK. */
import { NetverdictError } from '../../primitives/common/errors/index.js';
import { runTool } from '../../primitives/common/loader/tool.js';
import type { Frame } from '../reference/frame.js';

/** tshark's analysis of an ACK. It has no Karn rule: under loss its RTT may be that of a re-send. */
export interface AnalysedFrame extends Frame {
  /** Number of the frame that ends where this ACK stands. */
  readonly acksFrame: number | undefined;
  readonly ackRttNs: number | undefined;
}

export interface CapturedFrames {
  /** Wall clock of the first frame. */
  readonly originNs: bigint;
  readonly frames: readonly AnalysedFrame[];
}

/** Of a tunnel's packet there are two IP headers and one TCP header. */
const FIELDS = [
  'frame.number',
  'frame.time_epoch',
  'ip.src',
  'ip.dst',
  'tcp.srcport',
  'tcp.dstport',
  'tcp.seq_raw',
  'tcp.ack_raw',
  'tcp.len',
  'tcp.flags',
  'tcp.options.sack_le',
  'tcp.analysis.acks_frame',
  'tcp.analysis.ack_rtt',
];

/** Port of VXLAN in Linux, which tshark does not take for VXLAN by itself. */
const LINUX_VXLAN = 'udp.port==8472,vxlan';

export async function readCapture(file: string): Promise<CapturedFrames> {
  const { output, complaint, code } = await runTool([
    ...['tshark', '-r', file, '-n', '-Y', 'tcp && !icmp', '-d', LINUX_VXLAN],
    ...['-o', 'tcp.relative_sequence_numbers:FALSE'],
    ...['-T', 'fields', '-E', 'occurrence=a', '-E', 'aggregator=,'],
    ...FIELDS.flatMap((field) => ['-e', field]),
  ]);
  if (code !== 0) {
    throw new NetverdictError('NV_TOOL_FAILED', `tshark -r ${file}: ${complaint.trim()}`);
  }
  const lines = output.split('\n').filter((line) => line !== '');
  const originNs = epochNs(lines[0]?.split('\t')[1] ?? '0.0');
  return { originNs, frames: lines.map((line) => frameOf(line.split('\t'), originNs)) };
}

function frameOf(fields: readonly string[], originNs: bigint): AnalysedFrame {
  const text = (index: number): string => fields[index] ?? '';
  const innermost = (index: number): string => text(index).split(',').at(-1) ?? '';
  const acksFrame = text(11);
  const ackRtt = text(12);
  return {
    number: Number(text(0)),
    timeNs: Number(epochNs(text(1)) - originNs),
    src: `${innermost(2)}:${text(4)}`,
    dst: `${innermost(3)}:${text(5)}`,
    seq: Number(text(6)),
    ack: Number(text(7)),
    length: Number(text(8)),
    flags: Number(text(9)),
    sackStarts: text(10) === '' ? [] : text(10).split(',').map(Number),
    acksFrame: acksFrame === '' ? undefined : Number(acksFrame),
    ackRttNs: ackRtt === '' ? undefined : Math.round(Number(ackRtt) * 1e9),
  };
}

/** Of `seconds.nanoseconds`: too many digits for a number. */
function epochNs(text: string): bigint {
  const [seconds = '0', fraction = ''] = text.split('.');
  return BigInt(seconds) * 1_000_000_000n + BigInt(fraction.padEnd(9, '0'));
}
