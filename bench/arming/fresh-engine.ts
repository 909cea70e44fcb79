import type { AlertRow, VerdictEngine } from '../../analyzer/incidents/engine.js';
import type { Incident } from '../../analyzer/incidents/incident.js';
import { createEngine, type EngineOptions } from '../../analyzer/incidents/verdict-engine.js';

/** The analyzer's own engine, begun anew for every trigger, and told only of alerts of one port. */
export class FreshEngine implements VerdictEngine {
  #engine: VerdictEngine;

  constructor(
    private readonly options: EngineOptions,
    private readonly port: number,
  ) {
    this.#engine = createEngine(options);
  }

  start(): void {
    this.#engine.start();
  }

  stop(): Promise<void> {
    return this.#engine.stop();
  }

  /** Everything that was armed is disarmed. */
  async renew(): Promise<void> {
    await this.stop();
    this.#engine = createEngine(this.options);
    this.start();
  }

  delayed(host: string, waitedNs: bigint, receivedNs: bigint): void {
    this.#engine.delayed(host, waitedNs, receivedNs);
  }

  alerted(alerts: readonly AlertRow[]): void {
    const ours = alerts.filter((a) => a.src_port === this.port || a.dst_port === this.port);
    if (ours.length > 0) this.#engine.alerted(ours);
  }

  hostChanged(host: string, connected: boolean): void {
    this.#engine.hostChanged(host, connected);
  }

  list(): Incident[] {
    return this.#engine.list();
  }

  get(id: string): Incident | undefined {
    return this.#engine.get(id);
  }

  onChange(listener: (incident: Incident) => void): () => void {
    return this.#engine.onChange(listener);
  }
}
