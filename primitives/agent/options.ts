import type { FlowTableKind } from '../monitor/index.js';

export interface AgentOptions {
  readonly hostId: string;
  /** `http(s)://HOST:PORT` or `unix:PATH`. */
  readonly analyzer: string;
  /** Name or path of the namespace that is the host; the agent's own by default. */
  readonly netns?: string;
  /** CPUs of the host; the agent's own affinity by default. */
  readonly cpus?: readonly number[];
  /** Uplinks by name, separated by commas; discovered by default. */
  readonly uplink?: string;
  /** Host sides of pods, as a glob; discovered by default. */
  readonly pods?: string;
  readonly token?: string;
  /** Flows kept at once, each tap's counted apart. */
  readonly maxFlows?: number;
  /** Where they are kept: `set_associative` (default) or `lru_hash`. */
  readonly flowTable?: FlowTableKind;
  readonly sweepMs?: number;
  /** Whether names that are asked of DNS are recorded; true by default. */
  readonly dnsNames?: boolean;
  /** Wanted of all sequential tests of this host together. */
  readonly falseAlarmsPerDay?: number;
  /** Percent of one processor that the process may take while nothing is traced; no limit by default. */
  readonly budgetCpu?: number;
}
