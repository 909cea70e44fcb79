import type { FlowKey } from '../incidents/engine.js';
import type { Culprit, Evidence } from '../incidents/incident.js';
import type { CauseId, Layer } from './causes.js';

/** What one rule says of one flow: a blamed place, its cause and the proof. */
export interface Finding {
  /** Id of the rule, also the prefix of its evidence ids. */
  readonly rule: string;
  readonly cause: CauseId;
  /** Where the cause's usual layer does not fit. */
  readonly layer?: Layer;
  /** Blamed host; null is the network; undefined is "not known". */
  readonly host: string | null | undefined;
  /** The impaired direction, sender first. */
  readonly victim: FlowKey;
  /** The data of this direction are late themselves, whatever exchange they belong to. */
  readonly oneWay?: boolean;
  /**
   * Time that the flow lost a mark or request, microseconds: comparable between findings. A flow that is stuck
   * loses all of its time.
   */
  readonly harmUs: number;
  /** 0 to 1, before deductions for data quality. */
  readonly confidence: number;
  readonly culprits: readonly Culprit[];
  readonly evidence: readonly Evidence[];
  /** One sentence: what happens where, with its number. */
  readonly statement: string;
}

/** A client that cannot connect loses all of its time; one retry costs the initial RTO (RFC 6298: 1 s). */
export const SETUP_HARM_US = 1_000_000;

export const evidence = (
  id: string,
  supports: boolean,
  statement: string,
  sql: string,
  rows: readonly object[] = [],
): Evidence => ({
  id,
  statement,
  supports,
  sql,
  rows: rows.slice(0, 10).map((row) => ({ ...row })),
});

/** Culprits whose shares are made to add up to 1; those below `least` are dropped first. */
export function shared(culprits: readonly Culprit[], least = 0.03): Culprit[] {
  const kept = [...culprits].sort((a, b) => b.share - a.share).filter((c) => c.share >= least);
  const total = kept.reduce((t, c) => t + c.share, 0);
  return kept.slice(0, 8).map((c) => ({ ...c, share: round(c.share / total, 3) }));
}

/** Who had the processor, as culprits. */
export const processes = (
  tasks: readonly { readonly comm: string; readonly tgid: number; readonly share: number }[],
  host: string | null,
): Culprit[] =>
  shared(tasks.map((t) => ({ kind: 'process', id: `${t.comm}/${t.tgid}`, host, share: t.share })));

export const round = (value: number, digits = 1): number => Number(value.toFixed(digits));

/** Microseconds as a reader wants them. */
export const duration = (us: number): string =>
  Math.abs(us) >= 1_000_000
    ? `${round(us / 1_000_000, 2)} s`
    : Math.abs(us) >= 1000
      ? `${round(us / 1000)} ms`
      : `${Math.round(us)} µs`;

export const percent = (share: number): string => `${Math.round(share * 100)} %`;
