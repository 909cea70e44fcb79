/** A run as it is saved: what was seen of it, what it was, and how the two compare. */
import type { Incident } from '../../analyzer/incidents/incident.js';
import type { Label, Strength } from '../faults/index.js';
import type { ClientFlow, TrafficId, Workload } from '../workloads/index.js';
import type { ClientReport } from '../workloads/protocol.js';
import type { Harm } from './harm.js';
import type { Alert, Triggers } from './triggers.js';

/** Whose own account shows the harm. */
export interface Victim {
  readonly flow: ClientFlow;
  readonly workload: Workload;
  readonly reports: readonly ClientReport[];
}

/** What clients and the system said. Nothing in it names the fault. */
export interface RunRecord {
  readonly run: number;
  /** From then on all agents reported, and all was well until the injection. */
  readonly healthy_from: string;
  readonly injected_at: string;
  readonly undone_at: string;
  readonly ended_at: string;
  readonly victims: readonly Victim[];
  /** Begun after the injection, oldest first. */
  readonly incidents: readonly Incident[];
  /** How many began before it, in health. */
  readonly earlier: number;
  readonly alerts: readonly Alert[];
}

/** What a run was. No agent and no analyzer ever sees it. */
export interface Seal {
  readonly scenario: string;
  /** null: it has but one. */
  readonly strength: Strength | null;
  /** What the victims did; null: what the fault has them do, or the baseline. */
  readonly traffic: TrafficId | null;
  /** No rule was made with it. */
  readonly set_aside: boolean;
  /** null: a healthy control. */
  readonly label: Label | null;
  /** Of two faults at once, the second. */
  readonly also?: Label;
}

export interface Score extends Seal {
  readonly run: number;
  /** null: the fault has no victim. */
  readonly harm: Harm | null;
  readonly hurt: boolean;
  readonly workload: Workload | null;
  /** void: the fault did not hurt, or the control did; such a run says nothing of the verdict. */
  readonly result: 'right' | 'wrong' | 'void';
  readonly incidents: number;
  /** Before the injection, in health. */
  readonly earlier: number;
  /** Seconds watched in which nothing was wrong. */
  readonly healthy_s: number;
  readonly domain: string | null;
  readonly host: string | null;
  readonly cause: string | null;
  readonly confidence: number | null;
  readonly cause_right: boolean;
  /** Of two faults at once: both places are named. null: there is but one. */
  readonly both_named: boolean | null;
  /** null: nobody is named beyond dispute. */
  readonly culprit_right: boolean | null;
  /** From the injection, seconds. */
  readonly detection_s: number | null;
  readonly verdict_s: number | null;
  readonly trace_events: number | null;
  readonly records_lost: number | null;
  readonly triggers: Triggers;
}
