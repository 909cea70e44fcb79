import type { FlowRecord } from './flow-record.js';

/** How often the sweep looked, and what it found. `place`: a small integer that is the flow's as long as it is kept. */
export interface FlowTable {
  /** Places are below it. */
  readonly capacity: number;
  /** Begins a scan; the one before has ended. */
  beginScan(): void;
  /**
   * Calls with every flow kept at a place between the two, whether a packet may have come since the last scan, and for
   * how long none has, in ns (a few tens of ms at most too little).
   */
  scan(
    from: number,
    to: number,
    visit: (place: number, used: boolean, idleNs: number) => void,
  ): void;
  /** Copies the flow at a place; false if it is gone, or could not be read whole this time. */
  read(place: number, into: FlowRecord): boolean;
  /** Forgets the flow; false if a packet has come just now, which keeps it. */
  remove(place: number): boolean;
  close(): void;
}
