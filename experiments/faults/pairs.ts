/** Two faults at once, each with a place of its own: the verdict is to name both. */
import { appLimited } from './app-limited.js';
import { cpuContention } from './cpu-contention.js';
import type { Fault } from './fault.js';
import { packetLoss } from './packet-loss.js';
import { pathDelay } from './path-delay.js';
import { qdiscBacklog } from './qdisc-backlog.js';

function pair(first: Fault, second: Fault): Fault {
  const thinkMs = first.thinkMs ?? second.thinkMs;
  return {
    id: `${first.id}+${second.id}`,
    title: `${first.title}, and ${second.title}`,
    label: first.label,
    ...(second.label && { also: second.label }),
    ...(thinkMs !== undefined && { thinkMs }),
    async inject(testbed, cast) {
      const undo = [await first.inject(testbed, cast), await second.inject(testbed, cast)];
      return async () => {
        for (const one of undo.reverse()) await one();
      };
    },
  };
}

const cpuContentionOfServer = cpuContention('b', 'cpu_contention');

/** Of faults that are done to the baseline's own traffic. */
export const PAIRS: readonly Fault[] = [
  pair(cpuContentionOfServer, packetLoss),
  pair(qdiscBacklog, appLimited),
  pair(appLimited, packetLoss),
  pair(cpuContentionOfServer, pathDelay),
  pair(qdiscBacklog, packetLoss),
  pair(pathDelay, appLimited),
];
