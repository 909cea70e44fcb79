import type { Strength } from '../faults/index.js';
import type { Harm } from './harm.js';
import type { Triggers } from './triggers.js';

/** One run, as it is saved. */
export interface Score {
  readonly scenario: string;
  /** null: it has but one. */
  readonly strength: Strength | null;
  readonly run: number;
  /** null: the fault has no victim. */
  readonly harm: Harm | null;
  readonly hurt: boolean;
  /** void: the fault did not hurt, or the control did; such a run says nothing of the verdict. */
  readonly result: 'right' | 'wrong' | 'void';
  readonly incidents: number;
  /** Before the injection, in health. */
  readonly earlier: number;
  readonly domain: string | null;
  readonly host: string | null;
  readonly cause: string | null;
  readonly confidence: number | null;
  readonly cause_right: boolean;
  /** From the injection, seconds. */
  readonly detection_s: number | null;
  readonly verdict_s: number | null;
  readonly trace_events: number | null;
  readonly records_lost: number | null;
  readonly triggers: Triggers;
}
