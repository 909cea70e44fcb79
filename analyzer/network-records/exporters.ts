import { Domain } from './domain.js';
import { Malformed } from './record.js';

const MOST_DOMAINS = 512;
/** So that one sender cannot take all places. */
const MOST_OF_ONE_ADDRESS = 64;
/** From then on a silent one gives way to a newcomer. */
const SILENT_MS = 10 * 60_000;
/** So that a flood of newcomers costs little. */
const LOOK_AGAIN_MS = 1000;

/** The devices that have spoken, never more than there is room for. */
export class Exporters {
  readonly #domains = new Map<string, Domain>();
  readonly #ofAddress = new Map<string, number>();
  #lookedMs = -Infinity;

  /** @param session of its templates and sequence numbers: address and port, format, domain. */
  domain(session: string, sender: string, exporter: string, nowMs: number): Domain {
    const domain = this.#domains.get(session) ?? this.#admit(session, sender, exporter, nowMs);
    domain.lastMs = nowMs;
    return domain;
  }

  get domains(): Iterable<Domain> {
    return this.#domains.values();
  }

  get size(): number {
    return this.#domains.size;
  }

  #admit(session: string, sender: string, exporter: string, nowMs: number): Domain {
    const isFull = (): boolean =>
      this.#domains.size >= MOST_DOMAINS ||
      (this.#ofAddress.get(sender) ?? 0) >= MOST_OF_ONE_ADDRESS;
    if (isFull()) this.#forgetSilent(nowMs);
    if (isFull()) throw new Malformed('exporter_limit');
    const domain = new Domain(exporter);
    this.#domains.set(session, domain);
    this.#ofAddress.set(sender, (this.#ofAddress.get(sender) ?? 0) + 1);
    return domain;
  }

  #forgetSilent(nowMs: number): void {
    if (nowMs - this.#lookedMs < LOOK_AGAIN_MS) return;
    this.#lookedMs = nowMs;
    this.#ofAddress.clear();
    for (const [session, { lastMs }] of this.#domains) {
      const [sender = ''] = session.split(' ');
      if (nowMs - lastMs > SILENT_MS) this.#domains.delete(session);
      else this.#ofAddress.set(sender, (this.#ofAddress.get(sender) ?? 0) + 1);
    }
  }
}
