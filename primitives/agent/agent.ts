/** One host's agent: loads the primitives, runs them, and takes all down again. */
import type { Netns } from '../common/loader/index.js';
import { AnalyzerClient } from './analyzer-client.js';
import { ownCpus } from './cpus.js';
import { HostAgent } from './host-agent.js';
import { openHostNamespace } from './host-namespace.js';
import { createLog, type Log } from './log.js';
import type { AgentOptions } from './options.js';
import { Primitives } from './primitives.js';
import { removeStaleFilters } from './stale-filters.js';

export type { AgentOptions } from './options.js';

/** Watches one host until stopped. An analyzer that is not there yet is waited for. */
export async function startAgent(options: AgentOptions): Promise<{ stop(): Promise<void> }> {
  const log = createLog(options.hostId);
  const client = new AnalyzerClient(options.analyzer, options.token);
  const host = openHostNamespace(options.netns);
  const closing: (() => void | Promise<void>)[] = [() => client.close(), () => host.close()];
  const stop = async (): Promise<void> => {
    for (const close of closing.splice(0).reverse()) await close();
  };
  try {
    await clearLeftovers(host, log);
    const cpus = options.cpus ?? ownCpus();
    const primitives = await Primitives.open({
      hostId: options.hostId,
      netns: host,
      cpus,
      ...(options.maxFlows !== undefined && { maxFlows: options.maxFlows }),
      ...(options.flowTable !== undefined && { flowTable: options.flowTable }),
      ...(options.dnsNames !== undefined && { dnsNames: options.dnsNames }),
      ...(options.falseAlarmsPerDay !== undefined && {
        falseAlarmsPerDay: options.falseAlarmsPerDay,
      }),
      nameOf: (netns, ifindex) => agent.nameOf(netns, ifindex),
    });
    closing.push(() => primitives.close());
    const agent = new HostAgent({ options, cpus, host, client, primitives, log });
    closing.push(() => agent.stop());
    await agent.start();
    log.info(`watching ${host.path}, CPUs ${cpus.join(',')}, records to ${options.analyzer}`);
  } catch (error) {
    await stop();
    throw error;
  }
  return { stop };
}

async function clearLeftovers(host: Netns, log: Log): Promise<void> {
  for (const place of await removeStaleFilters(host.path)) {
    log.warn(`removed a filter that an agent had left at ${place}`);
  }
}
