/** Load that comes, goes and changes without filling anything: silence is right. */
import { startClient, startServer, startSink, startStream } from '../workloads/index.js';
import { FASTER } from '../workloads/protocol.js';
import type { Fault } from './fault.js';

const PORT = 8088;
const MBIT = 5;

export const healthyRateChange: Fault = {
  id: 'healthy_rate_change',
  title: `a stream from a-p1 to b-p1 goes from ${MBIT} to ${FASTER * MBIT} Mbit/s and back`,
  label: null,
  cast(testbed) {
    const to = { host: 'b', pod: 1 } as const;
    const server = startSink(testbed, to, PORT);
    const stream = startStream(testbed, { host: 'a', pod: 1 }, to, { port: PORT, mbit: MBIT });
    return { server, victims: [stream] };
  },
  inject(_, { victims }) {
    const toggle = (): Promise<void> => {
      for (const { process } of victims) process.kill('SIGUSR2');
      return Promise.resolve();
    };
    return toggle().then(() => toggle);
  },
};

/** The baseline's own traffic shows whether the newcomers hurt. */
export const healthyFlows: Fault = {
  id: 'healthy_flows',
  title: `a stream of ${MBIT} Mbit/s and two clients come to b-p1 and go`,
  label: null,
  inject(testbed) {
    const from = { host: 'a', pod: 2 } as const;
    const to = { host: 'b', pod: 1 } as const;
    const children = [
      startSink(testbed, to, PORT),
      startServer(testbed, to, PORT + 1),
      startStream(testbed, from, to, { port: PORT, mbit: MBIT }).process,
      startClient(testbed, from, to, { port: PORT + 1, pauseMs: 20 }).process,
      startClient(testbed, from, to, { port: PORT + 1, pauseMs: 100, mode: 'short' }).process,
    ];
    return Promise.resolve(async () => {
      for (const child of children.reverse()) await testbed.processes.end(child);
    });
  },
};
