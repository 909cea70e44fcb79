/** Captures as tcptrace reads them: its RTT figures of each direction. */
import { NetverdictError } from '../../primitives/common/errors/index.js';
import { runTool } from '../../primitives/common/loader/tool.js';
import type { Direction } from '../reference/frame.js';

/** Over segments sent once and acknowledged by an ACK that equals their end, SYN and FIN among them. */
export interface TcptraceRtt extends Direction {
  readonly samples: number;
  /** To a tenth of a millisecond. */
  readonly minMs: number;
  readonly avgMs: number;
  readonly maxMs: number;
}

/** Writes a copy of the capture beside it: tcptrace knows no nanoseconds. */
export async function tcptraceRtts(file: string): Promise<TcptraceRtt[]> {
  const copy = `${file}.us`;
  await ask(['tcpdump', '-r', file, '--time-stamp-precision=micro', '-w', copy]);
  const output = await ask(['tcptrace', '-n', '-l', '-r', '--csv', copy]);
  const [head = [], ...connections] = output
    .split('\n')
    .filter((line) => line.includes(',') && !line.startsWith('#'))
    .map((line) => line.split(',').map((cell) => cell.trim()));
  return connections.flatMap((cells) => {
    const cell = (name: string): string => cells[head.indexOf(name)] ?? '';
    const a = `${cell('host_a')}:${cell('port_a')}`;
    const b = `${cell('host_b')}:${cell('port_b')}`;
    return [
      { src: a, dst: b, ...rttOf(cell, 'a2b') },
      { src: b, dst: a, ...rttOf(cell, 'b2a') },
    ];
  });
}

const rttOf = (
  cell: (name: string) => string,
  way: string,
): Omit<TcptraceRtt, keyof Direction> => ({
  samples: Number(cell(`RTT_samples_${way}`)),
  minMs: Number(cell(`RTT_min_${way}`)),
  avgMs: Number(cell(`RTT_avg_${way}`)),
  maxMs: Number(cell(`RTT_max_${way}`)),
});

async function ask(command: readonly string[]): Promise<string> {
  const { output, complaint, code } = await runTool(command);
  if (code === 0) return output;
  throw new NetverdictError('NV_TOOL_FAILED', `${command.join(' ')}: ${complaint.trim()}`);
}
