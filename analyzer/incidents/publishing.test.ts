import { expect, it } from 'vitest';
import type { Diagnosis } from './diagnosis.js';
import type { Incident, Verdict } from './incident.js';
import { isDue } from './publishing.js';

const verdict = (alternatives: Verdict['alternatives']): Verdict => ({
  ...{ domain: 'receiver_host', host: 'b', layer: 'application', cause: 'app_limited' },
  ...{ confidence: 0.8, culprits: [], summary: '', mitigation: '', alternatives },
});
const loss = { domain: 'network', host: null, cause: 'packet_loss', confidence: 0.2 } as const;

/** Of the same place and cause as published, and no surer. */
const isNews = (alternatives: Verdict['alternatives'], published: Verdict['alternatives']) => {
  const diagnosis = {
    key: 'b/app_limited',
    verdict: verdict(alternatives),
    lead: { evidence: [] },
  };
  const last = { ...diagnosis } as unknown as Diagnosis;
  return isDue(
    { confirmedNs: 0n, last, agreeing: 5 },
    { verdict: verdict(published), evidence: [] } as unknown as Incident,
    diagnosis as unknown as Diagnosis,
    1n,
  );
};

it('tells a second fault when it shows, once, if it does enough harm', () => {
  expect(isNews([], [])).toBe(false);
  expect(isNews([{ ...loss, share: 0.3 }], [])).toBe(true);
  expect(isNews([{ ...loss, share: 0.3 }], [{ ...loss, share: 0.2 }])).toBe(false);
  expect(isNews([{ ...loss, share: 0.05 }], [])).toBe(false);
  const unseen = { ...loss, domain: 'undetermined', share: 0.5 } as const;
  expect(isNews([unseen], [])).toBe(false);
});
