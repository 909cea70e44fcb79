import type { ChildProcess } from 'node:child_process';
import type { Testbed } from '../testbed/index.js';
import type { BaselineClient, Client } from '../workloads/index.js';

/** What a scenario is known to be. Sealed: only scoring reads it, no agent and no analyzer ever does. */
export interface Label {
  readonly domain: 'sender_host' | 'receiver_host' | 'network';
  /** null for the network. */
  readonly host: string | null;
  readonly layer: string;
  readonly cause: string;
  /** Where it is beyond dispute who did it: what the first culprit's kind and id begin with or hold. */
  readonly culprit?: string;
}

/** Whom a fault is done to. */
export interface Cast {
  readonly server?: ChildProcess;
  /** Whoever else takes part in it, and does nothing before: the start of a process is a load of its own. */
  readonly others?: readonly ChildProcess[];
  /** Those whose own account must show the harm. */
  readonly victims: readonly Client[];
}

/** What is set of a fault, and to what. */
export interface Strength {
  readonly what: string;
  readonly unit: string;
  readonly value: number;
}

export interface Fault {
  readonly id: string;
  readonly title: string;
  /** null: a healthy control, no incident is right. */
  readonly label: Label | null;
  /** What else is wrong at the same time: a second fault. */
  readonly also?: Label;
  /** None where a fault is there or not. */
  readonly strength?: Strength;
  /** The same fault at each of its strengths, from slight to severe. */
  readonly grades?: readonly Fault[];
  /** Which client of the baseline it is aimed at; `rpc` unless said otherwise. */
  readonly victim?: BaselineClient;
  /** What the baseline's server takes over each request, once it is told to think (SIGUSR2). */
  readonly thinkMs?: number;
  /** Makes what has been so from the beginning, before any traffic; it goes with the testbed. */
  prepare?(testbed: Testbed): Promise<unknown>;
  /** Starts a server and clients of its own, while all is well; they are its cast instead of the baseline's. */
  cast?(testbed: Testbed): Cast;
  /** How long all must have been well before it, for what is told by a long past only. */
  readonly baselineMs?: number;
  /** The baseline's traffic would share its path or processor: it has the testbed to itself. */
  readonly alone?: boolean;
  /** Starts the fault; answers how to undo it. */
  inject(testbed: Testbed, cast: Cast): Promise<() => Promise<void>>;
}
