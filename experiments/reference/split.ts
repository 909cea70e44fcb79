/**
 * The clock-free split, offline: what the live system must find. Four captures of one direction of data, each with a
 * clock of its own, are joined by byte mark and closing ACK; no two times of different captures are compared.
 */
import type { Reading } from './marks.js';

/** Pod tap and uplink of the host the data come from, uplink and pod tap of the host they go to. */
export const PLACES = ['ap', 'au', 'bu', 'bp'] as const;
export type Place = (typeof PLACES)[number];

/** One mark, closed by the same ACK at all four places. Times in ns; the terms add up to the turnaround at `ap`. */
export interface MarkSplit {
  readonly mark: number;
  readonly closingAck: number;
  /** As the place nearest the receiver saw it: nobody merges or splits packets behind it. */
  readonly class: Reading['class'];
  readonly piggyback: boolean;
  readonly turnaroundNs: Readonly<Record<Place, number>>;
  readonly senderHostNs: number;
  readonly networkNs: number;
  readonly receiverHostNs: number;
  readonly receiverPodNs: number;
}

/** Marks that are spoiled at any place, or that another ACK closed there, are left out. */
export function splitMarks(readings: Readonly<Record<Place, readonly Reading[]>>): MarkSplit[] {
  const [ap, ...others] = PLACES.map((place) => clean(readings[place]));
  return [...(ap ?? [])].flatMap(([key, first]) => {
    const [au, bu, bp] = others.map((place) => place.get(key));
    return au && bu && bp ? [split(first, au, bu, bp)] : [];
  });
}

function split(ap: Reading, au: Reading, bu: Reading, bp: Reading): MarkSplit {
  const turnaroundNs = {
    ap: ap.turnaroundNs,
    au: au.turnaroundNs,
    bu: bu.turnaroundNs,
    bp: bp.turnaroundNs,
  };
  return {
    mark: ap.mark,
    closingAck: ap.closingAck,
    class: bp.class,
    piggyback: bp.piggyback,
    turnaroundNs,
    senderHostNs: turnaroundNs.ap - turnaroundNs.au,
    networkNs: turnaroundNs.au - turnaroundNs.bu,
    receiverHostNs: turnaroundNs.bu - turnaroundNs.bp,
    receiverPodNs: turnaroundNs.bp,
  };
}

const clean = (readings: readonly Reading[]): Map<string, Reading> =>
  new Map(
    readings
      .filter(({ kind, spoiledBy }) => kind !== 'other' && spoiledBy === undefined)
      .map((reading) => [`${reading.mark} ${reading.closingAck}`, reading]),
  );
