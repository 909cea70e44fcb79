import pino, { type Logger } from 'pino';

export type Log = Pick<Logger, 'debug' | 'info' | 'warn' | 'error'>;

/** To stderr: one JSON object a line, or plain lines on a terminal. Level from NETVERDICT_LOG. */
export function createLog(hostId: string): Log {
  const level = process.env['NETVERDICT_LOG'] ?? 'info';
  const base = { host: hostId };
  if (!process.stderr.isTTY)
    return pino({ level, base }, pino.destination({ dest: 2, sync: true }));
  return pino({ level, base }, { write: (line: string) => process.stderr.write(plain(line)) });
}

function plain(line: string): string {
  const { level, time, host, msg } = JSON.parse(line) as {
    level: number;
    time: number;
    host: string;
    msg: string;
  };
  const clock = new Date(time).toISOString().slice(11, 23);
  return `${clock} ${pino.levels.labels[level] ?? level} ${host}: ${msg}\n`;
}
