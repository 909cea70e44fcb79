/** What is remembered of one observation domain of one device: templates, sampling rates, clocks, sequence numbers. */
import { ClockOffset } from './clock.js';
import { ELEMENT } from './elements.js';
import { Malformed } from './record.js';
import { Sequence } from './sequence.js';
import type { Template, Values } from './template.js';

const MOST_TEMPLATES = 64;
const MOST_SAMPLERS = 64;
/** A sampler that has no number of its own. */
const ONLY = 0;

export class Domain {
  readonly sequence = new Sequence();
  /** Clock of the device since its start, and its wall clock. */
  readonly uptime = new ClockOffset();
  readonly wall = new ClockOffset();
  /** When the device was started, on its own wall clock, where it tells (IPFIX). */
  bootMs: number | null = null;
  /** Units of its sequence numbers that have not come; duplicates make it negative. */
  missing = 0;
  lastMs = 0;
  readonly #templates = new Map<number, Template>();
  readonly #samplers = new Map<number, number>();

  constructor(readonly exporter: string) {}

  template(id: number): Template {
    const template = this.#templates.get(id);
    if (template === undefined) throw new Malformed('unknown_template');
    return template;
  }

  learn(id: number, template: Template): void {
    if (!this.#templates.has(id) && this.#templates.size >= MOST_TEMPLATES)
      throw new Malformed('template_limit');
    this.#templates.set(id, template);
  }

  withdraw(id: number): void {
    this.#templates.delete(id);
  }

  /** @param kind which of the templates: 2 withdraws all of flows, 3 all of options. */
  withdrawAll(describesOptions: boolean): void {
    for (const [id, template] of this.#templates)
      if (template.describesOptions === describesOptions) this.#templates.delete(id);
  }

  /** A record of options: sampling rates and the time of the start are of use. */
  configure(values: Values): void {
    const boot = values.numbers.get(ELEMENT.bootMilliseconds);
    if (boot !== undefined) this.bootMs = boot;
    const rate = samplingRate(values);
    if (rate === null) return;
    const id = samplerId(values);
    if (this.#samplers.has(id) || this.#samplers.size < MOST_SAMPLERS) this.#samplers.set(id, rate);
  }

  /** One of so many packets was counted in this record. */
  samplingOf(values: Values): number {
    const own = samplingRate(values);
    return own ?? this.#samplers.get(samplerId(values)) ?? this.#samplers.get(ONLY) ?? 1;
  }
}

const samplerId = ({ numbers }: Values): number =>
  numbers.get(ELEMENT.selectorId) ?? numbers.get(ELEMENT.samplerId) ?? ONLY;

const LARGEST_RATE = 2 ** 32 - 1;

function samplingRate({ numbers }: Values): number | null {
  const rate = toldRate((element) => numbers.get(ELEMENT[element]));
  // 0 is how some devices say that they do not sample.
  return rate === null ? null : Math.min(Math.max(1, Math.round(rate)), LARGEST_RATE);
}

function toldRate(get: (element: keyof typeof ELEMENT) => number | undefined): number | null {
  const interval = get('samplingPacketInterval');
  if (interval !== undefined) return 1 + (get('samplingPacketSpace') ?? 0) / Math.max(1, interval);
  const size = get('samplingSize');
  if (size !== undefined) return (get('samplingPopulation') ?? size) / Math.max(1, size);
  const probability = get('samplingProbability');
  if (probability !== undefined) return probability > 0 ? 1 / probability : 1;
  return get('samplerRandomInterval') ?? get('samplingInterval') ?? null;
}
