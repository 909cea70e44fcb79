import type { BpfObject } from '../../common/loader/index.js';

/** Where things are in `struct nv_quic`, as the compiled object has it; the record of the stream comes first. */
export interface QuicLayout {
  readonly clientOffset: number;
  /** Lengths of the two connection ids. */
  readonly idLengthsOffset: number;
  readonly destinationOffset: number;
  readonly sourceOffset: number;
}

export function readQuicLayout(object: BpfObject): QuicLayout {
  const offset = (name: string): number => Number(object.variable(`nv_quic_${name}_offset`));
  return {
    clientOffset: offset('client'),
    idLengthsOffset: offset('id_lengths'),
    destinationOffset: offset('destination'),
    sourceOffset: offset('source'),
  };
}
