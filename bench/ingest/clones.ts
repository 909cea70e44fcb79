/** The recorded hosts once more, under other names and addresses. */
import { type Column, type ColumnBatch, fieldsOf } from '../../primitives/common/schema/columns.js';
import type { StreamName } from '../../primitives/common/schema/streams.js';
import type { Delivery } from './recording.js';

const PRIVATE = /^(10|172|192)\.[\d.]+$/;
/** Theirs are found by nobody, so that nobody traces them either. */
const LEFT_OUT: ReadonlySet<StreamName> = new Set([
  ...(['alert', 'arming', 'packet_event', 'socket_event', 'sched_event'] as const),
  ...(['socket_time', 'drop_rule'] as const),
]);

export class Clones {
  readonly #addresses = new Map<string, number>();

  constructor(deliveries: readonly Delivery[]) {
    for (const { batch } of deliveries)
      for (const name of addressFields(batch.stream))
        for (const text of batch.columns[name] as readonly string[])
          if (PRIVATE.test(text) && !this.#addresses.has(text))
            this.#addresses.set(text, this.#addresses.size);
  }

  /** @param number 0 is who was recorded: the one that is in trouble. */
  of(number: number, { host, receivedNs, batch }: Delivery): Delivery | null {
    if (number === 0) return { host, receivedNs, batch };
    if (LEFT_OUT.has(batch.stream)) return null;
    const renamed = addressFields(batch.stream).map((name): [string, Column] => [
      name,
      (batch.columns[name] as readonly string[]).map((text) => this.#address(number, text)),
    ]);
    const columns: ColumnBatch['columns'] = { ...batch.columns, ...Object.fromEntries(renamed) };
    return { host: `${host}-${number}`, receivedNs, batch: { ...batch, columns } };
  }

  #address(number: number, text: string): string {
    const known = this.#addresses.get(text);
    if (known === undefined) return text;
    const at = number * this.#addresses.size + known;
    return `10.${100 + (at >> 16)}.${(at >> 8) & 255}.${at & 255}`;
  }
}

const addressFields = (stream: StreamName): string[] =>
  Object.entries(fieldsOf(stream)).flatMap(([name, { type }]) =>
    type.kind === 'address' || (type.kind === 'text' && name === 'address') ? [name] : [],
  );
