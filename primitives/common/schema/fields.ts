/** The vocabulary in which record streams are described. One description feeds every generated form. */

/** Scalar layouts that exist in C, in Arrow and in DuckDB. */
export type ScalarType = 'u8' | 'u16' | 'u32' | 'u64' | 'i32' | 'i64' | 'f64';

export type FieldType =
  | { readonly kind: 'scalar'; readonly scalar: ScalarType }
  /** u8 in C, its name as text elsewhere. */
  | { readonly kind: 'enum'; readonly name: string; readonly values: readonly string[] }
  /** 16 bytes, IPv4 as ::ffff:a.b.c.d, in network order; canonical text elsewhere. */
  | { readonly kind: 'address' }
  /** char[16], NUL-terminated; text elsewhere. */
  | { readonly kind: 'comm' }
  /** Fixed array of u32; a list elsewhere. */
  | { readonly kind: 'histogram'; readonly length: number }
  /** User space only: has no C form. */
  | { readonly kind: 'text' };

/**
 * How a field of a kernel map behaves over time.
 * `counter`: grows for the life of the entry; a record carries the growth within its interval.
 * `gauge`: the value at the end of the interval.
 */
export type Temporality = 'counter' | 'gauge';

export interface Field {
  readonly type: FieldType;
  /** Unit as written in column names and reports; empty for names and pure numbers. */
  readonly unit: string;
  readonly meaning: string;
  readonly temporality: Temporality;
}

export interface Stream {
  readonly name: string;
  /** Raised on every change of fields; travels in the Arrow metadata and is checked at ingest. */
  readonly version: number;
  readonly grain: string;
  /** Name of the C struct that carries `kernel` fields; absent for streams made in user space. */
  readonly struct?: string;
  /** Fields laid out in the C struct, in order. */
  readonly kernel: Readonly<Record<string, Field>>;
  /** Columns that the agent adds in front of the kernel's. */
  readonly agent: Readonly<Record<string, Field>>;
}

type Describe = (meaning: string, unit?: string) => Field;

const describe =
  (type: FieldType, temporality: Temporality = 'gauge'): Describe =>
  (meaning, unit = '') => ({ type, unit, meaning, temporality });

const scalar = (name: ScalarType): Describe => describe({ kind: 'scalar', scalar: name });

export const u8 = scalar('u8');
export const u16 = scalar('u16');
export const u32 = scalar('u32');
export const u64 = scalar('u64');
export const i32 = scalar('i32');
export const f64 = scalar('f64');
export const text = describe({ kind: 'text' });
export const address = describe({ kind: 'address' });
export const comm = describe({ kind: 'comm' });
export const counter = describe({ kind: 'scalar', scalar: 'u64' }, 'counter');
/** A counter of 32 bits: it may wrap in the kernel, its growth within one sweep does not. */
export const count = describe({ kind: 'scalar', scalar: 'u32' }, 'counter');
export const histogram = (length: number): Describe =>
  describe({ kind: 'histogram', length }, 'counter');
export const oneOf = (name: string, values: readonly string[]): Describe =>
  describe({ kind: 'enum', name, values });
