/** NetFlow v9 (RFC 3954) and IPFIX (RFC 7011): sets of templates, and of records that follow them. */
import type { Decoded, Session } from './decoder.js';
import type { Domain } from './domain.js';
import { type Header, flowRecord } from './flow-values.js';
import type { Reader } from './reader.js';
import { type FlowRecord, Malformed, type Refusal } from './record.js';
import { type Dialect, Template } from './template.js';

const SET_HEADER_BYTES = 4;
const TEMPLATES: Record<Dialect, number> = { netflow9: 0, ipfix: 2 };
const OPTIONS_TEMPLATES: Record<Dialect, number> = { netflow9: 1, ipfix: 3 };
const FIRST_DATA_SET = 256;

export function decodeNetflow9(reader: Reader, session: Session): Decoded {
  reader.skip(2);
  const uptimeMs = reader.u32();
  const exportMs = reader.u32() * 1000;
  const sequence = reader.u32();
  const id = reader.u32();
  const domain = session.domain('netflow9', id);
  domain.uptime.observe(uptimeMs, session.receivedMs);
  domain.wall.observe(exportMs, session.receivedMs);
  domain.missing += domain.sequence.take(sequence, 1);
  const header = { uptimeMs, exportMs, receivedMs: session.receivedMs };
  const sets = new FlowSets(domain, header, 'netflow9');
  sets.read(reader);
  return { domain: id, exporter: domain.exporter, format: 'netflow9', ...sets.taken };
}

export function decodeIpfix(reader: Reader, session: Session): Decoded {
  const length = reader.u16();
  if (length < 16) throw new Malformed('truncated');
  const message = reader.part(length - 4);
  const exportMs = message.u32() * 1000;
  const sequence = message.u32();
  const id = message.u32();
  const domain = session.domain('ipfix', id);
  domain.wall.observe(exportMs, session.receivedMs);
  const sets = new FlowSets(domain, { exportMs, receivedMs: session.receivedMs }, 'ipfix');
  try {
    sets.read(message);
  } finally {
    domain.missing += domain.sequence.take(sequence, sets.dataRecords);
  }
  return { domain: id, exporter: domain.exporter, format: 'ipfix', ...sets.taken };
}

/** What one message carries. */
class FlowSets {
  readonly #records: FlowRecord[] = [];
  readonly #refusals: Refusal[] = [];
  /** Those of options, too; null when some could not be counted. */
  dataRecords: number | null = 0;

  constructor(
    private readonly domain: Domain,
    private readonly header: Header,
    private readonly dialect: Dialect,
  ) {}

  get taken(): Pick<Decoded, 'records' | 'refusals'> {
    return { records: this.#records, refusals: this.#refusals };
  }

  /** A set that is not understood is left out; one that lies about its length ends the message. */
  read(message: Reader): void {
    while (message.left >= SET_HEADER_BYTES) {
      const id = message.u16();
      const length = message.u16();
      if (length < SET_HEADER_BYTES) throw new Malformed('truncated');
      try {
        this.#readSet(id, message.part(length - SET_HEADER_BYTES));
      } catch (error) {
        if (!(error instanceof Malformed)) throw error;
        this.dataRecords = null;
        this.#refusals.push(error.refusal);
        if (error.refusal === 'truncated') return;
      }
    }
  }

  #readSet(id: number, set: Reader): void {
    if (id === TEMPLATES[this.dialect]) while (set.left >= 4) this.#readTemplate(set);
    else if (id === OPTIONS_TEMPLATES[this.dialect]) while (set.left >= 6) this.#readOptions(set);
    else if (id >= FIRST_DATA_SET) this.#readData(this.domain.template(id), set);
  }

  #readTemplate(set: Reader): void {
    const id = set.u16();
    const count = set.u16();
    if (count === 0) this.#withdraw(id);
    else this.#learn(id, Template.read(set, count, this.dialect, null));
  }

  #readOptions(set: Reader): void {
    const id = set.u16();
    const first = set.u16();
    if (first === 0 && this.dialect === 'ipfix') return this.#withdraw(id);
    const second = set.u16();
    // IPFIX counts all fields, then those of the scope; v9 tells the bytes of the scope, then those of the options.
    const [count, scopes] =
      this.dialect === 'ipfix' ? [first, second] : [(first + second) >> 2, first >> 2];
    this.#learn(id, Template.read(set, count, this.dialect, scopes));
  }

  /** Padding looks like a template of the number 0. */
  #learn(id: number, template: Template): void {
    if (id >= FIRST_DATA_SET) this.domain.learn(id, template);
  }

  #withdraw(id: number): void {
    if (id >= FIRST_DATA_SET) this.domain.withdraw(id);
    else if (id === TEMPLATES.ipfix) this.domain.withdrawAll(false);
    else if (id === OPTIONS_TEMPLATES.ipfix) this.domain.withdrawAll(true);
  }

  #readData(template: Template, set: Reader): void {
    const isFlow = !template.describesOptions && template.describesFlows;
    while (set.left >= template.leastLength) {
      const values = template.values(set);
      if (this.dataRecords !== null) this.dataRecords += 1;
      if (template.describesOptions) this.domain.configure(values);
      else if (isFlow) this.#records.push(flowRecord(values, this.domain, this.header));
    }
  }
}
