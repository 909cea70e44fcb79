/** One look at a case: what records say of its flows, and the diagnosis. Nothing else goes into it: a replay looks again. */
import { observe, type Observations, type Queries, type Window } from '../ledgers/observe.js';
import type { Past } from '../ledgers/past.js';
import { type Translations, translationsOf } from '../ledgers/translations.js';
import { blindestShare } from './blindness.js';
import { diagnose, type Diagnosis } from './diagnosis.js';
import type { FlowKey } from './engine.js';
import { type DataQuality, dataQuality } from './quality.js';

/** What is looked at. */
export interface Question {
  /** Records received until then are read. */
  readonly askedNs: bigint;
  readonly window: Window;
  /** The healthy past. */
  readonly baseline: Window;
  /** Under their true addresses, as far as the look before knew them. */
  readonly flows: readonly FlowKey[];
  /** Everything that taps may see them as. */
  readonly tuples: readonly FlowKey[];
}

export interface Judgement {
  readonly question: Question;
  readonly translations: Translations;
  readonly observations: Observations;
  readonly quality: DataQuality;
  /** null: nobody is harmed. */
  readonly diagnosis: Diagnosis | null;
}

/** @param past of the case, if it was judged before: read no more than once. */
export async function judgeCase(
  records: Queries,
  question: Question,
  past?: Past,
): Promise<Judgement> {
  const { window, baseline } = question;
  const translations = await translationsOf(records, window, question.tuples);
  const flows = translations.trueFlows(question.flows);
  const observations = await observe(records, window, baseline, [...flows.values()], past);
  const quality = await dataQuality(records, { flows, translations }, observations);
  const { recordsLost, traceEvents, coverage, blindTaps } = quality;
  const lostShare = recordsLost / Math.max(1, recordsLost + traceEvents);
  const diagnosis = diagnose(
    [...flows.values()],
    observations,
    coverage,
    lostShare,
    blindestShare(blindTaps),
  );
  return { question, translations, observations, quality, diagnosis };
}
