/** What a capture tells of one TCP segment; a super-packet counts as one. */
export interface Frame {
  /** Position in the capture, from 1. */
  readonly number: number;
  /** On the clock of the capture, counted from its origin, ns. */
  readonly timeNs: number;
  /** `address:port`. */
  readonly src: string;
  readonly dst: string;
  /** As on the wire, modulo 2^32. */
  readonly seq: number;
  readonly ack: number;
  /** Payload, bytes. */
  readonly length: number;
  readonly flags: number;
  /** Left edges of the SACK blocks, as on the wire. */
  readonly sackStarts: readonly number[];
}

export const TCP = { fin: 1, syn: 2, rst: 4, ack: 16 } as const;

/** One direction of data of a connection. */
export interface Direction {
  readonly src: string;
  readonly dst: string;
}

/** Both directions of every connection in the capture, each with the frames of its connection. */
export function directionsOf(frames: readonly Frame[]): (Direction & { frames: Frame[] })[] {
  const connections = new Map<string, Frame[]>();
  for (const frame of frames) {
    const known =
      connections.get(directionText(frame)) ??
      connections.get(directionText({ src: frame.dst, dst: frame.src }));
    if (known) known.push(frame);
    else connections.set(directionText(frame), [frame]);
  }
  return [...connections.values()].flatMap((own) => {
    const [{ src, dst } = { src: '', dst: '' }] = own;
    return [
      { src, dst, frames: own },
      { src: dst, dst: src, frames: own },
    ];
  });
}

export const directionText = ({ src, dst }: Direction): string => `${src} > ${dst}`;
