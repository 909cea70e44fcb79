import type { Testbed } from '../testbed/index.js';

/** What a scenario is known to be. Sealed: only scoring reads it, no agent and no analyzer ever does. */
export interface Label {
  readonly domain: 'sender_host' | 'receiver_host' | 'network';
  /** null for the network. */
  readonly host: string | null;
  readonly layer: string;
  readonly cause: string;
}

export interface Fault {
  readonly id: string;
  readonly title: string;
  /** null: a healthy control, no incident is right. */
  readonly label: Label | null;
  /** Starts the fault; answers how to undo it. */
  inject(testbed: Testbed): Promise<() => Promise<void>>;
}
