import { existsSync } from 'node:fs';
import { endianness } from 'node:os';
import { artifact } from '../artifacts.js';
import { NetverdictError } from '../errors/index.js';
import { type Fd, type MapInfo, native, type ObjectHandle } from '../native/index.js';
import { calling } from './failure.js';

/** An integer of the variable's own size, or its bytes. */
export type VariableValue = number | bigint | boolean | Uint8Array;

interface Program {
  readonly name: string;
  readonly fd: Fd;
  readonly section: string;
}

/**
 * One compiled eBPF object: open, configure, load, use, close. Links and rings made from it have lives of
 * their own and are closed by whoever made them.
 */
export class BpfObject {
  #handle: ObjectHandle | undefined;
  #maps: ReadonlyMap<string, MapInfo> = new Map();
  #programs: ReadonlyMap<string, Program> = new Map();

  private constructor(
    private readonly file: string,
    handle: ObjectHandle,
  ) {
    this.#handle = handle;
  }

  /** `file` is relative to the package, e.g. `build/bpf/monitor.bpf.o`. */
  static open(file: string): BpfObject {
    const path = artifact(file);
    if (!existsSync(path)) {
      throw new NetverdictError('NV_NOT_BUILT', `${file} is missing: \`npm run setup\` builds it`);
    }
    return new BpfObject(
      file,
      calling('NV_LOAD_FAILED', () => native().objectOpen(path)),
    );
  }

  /** Sets global variables by name, before the load. */
  configure(variables: Readonly<Record<string, VariableValue>>): this {
    const sections = new Map<string, Uint8Array>();
    for (const [name, value] of Object.entries(variables)) {
      const { section, offset, size } = this.#variable(name);
      const bytes = sections.get(section) ?? this.#section(section);
      bytes.set(encode(name, value, size), offset);
      sections.set(section, bytes);
    }
    for (const [section, bytes] of sections) {
      calling('NV_LOAD_FAILED', () => native().objectSetSection(this.#open, section, bytes));
    }
    return this;
  }

  maxEntries(map: string, entries: number): this {
    calling('NV_LOAD_FAILED', () => native().objectSetMaxEntries(this.#open, map, entries));
    return this;
  }

  autoload(program: string, load: boolean): this {
    calling('NV_LOAD_FAILED', () => native().objectSetAutoload(this.#open, program, load));
    return this;
  }

  load(): this {
    calling('NV_LOAD_FAILED', () => native().objectLoad(this.#open));
    this.#maps = byName(native().objectMaps(this.#open));
    this.#programs = byName(native().objectPrograms(this.#open));
    return this;
  }

  /** A map of the loaded object. */
  map(name: string): MapInfo {
    void this.#open;
    return this.#maps.get(name) ?? this.#missing('map', name, this.#maps);
  }

  /** A loaded program. */
  program(name: string): Program {
    void this.#open;
    const program = this.#programs.get(name);
    if (program === undefined || program.fd < 0) this.#missing('program', name, this.#programs);
    return program;
  }

  /** Present value of an unsigned integer variable. */
  variable(name: string): bigint {
    const { section, offset, size } = this.#variable(name);
    return decode(this.#section(section).subarray(offset, offset + size));
  }

  close(): void {
    native().objectClose(this.#open);
    this.#handle = undefined;
  }

  get #open(): ObjectHandle {
    if (this.#handle === undefined)
      throw new NetverdictError('NV_CLOSED', `${this.file} is closed`);
    return this.#handle;
  }

  #variable(name: string): { section: string; offset: number; size: number } {
    return calling('NV_LOAD_FAILED', () => native().objectVariable(this.#open, name));
  }

  #section(name: string): Uint8Array {
    return calling('NV_LOAD_FAILED', () => native().objectGetSection(this.#open, name));
  }

  #missing(kind: string, name: string, known: ReadonlyMap<string, unknown>): never {
    const names = [...known.keys()].join(', ');
    throw new NetverdictError(
      'NV_LOAD_FAILED',
      `${this.file} has no loaded ${kind} "${name}" (${names})`,
    );
  }
}

const byName = <Entry extends { readonly name: string }>(entries: readonly Entry[]) =>
  new Map(entries.map((entry) => [entry.name, entry]));

function encode(name: string, value: VariableValue, size: number): Uint8Array {
  if (value instanceof Uint8Array) {
    if (value.length === size) return value;
    throw new NetverdictError('NV_LOAD_FAILED', `"${name}" has ${size} bytes, not ${value.length}`);
  }
  const whole = BigInt(value);
  if (
    size > 8 ||
    (BigInt.asUintN(size * 8, whole) !== whole && BigInt.asIntN(size * 8, whole) !== whole)
  ) {
    throw new NetverdictError('NV_LOAD_FAILED', `${value} does not fit "${name}" (${size} bytes)`);
  }
  const bytes = Uint8Array.from({ length: size }, (_, i) =>
    Number((whole >> BigInt(8 * i)) & 0xffn),
  );
  return endianness() === 'LE' ? bytes : bytes.reverse();
}

function decode(bytes: Uint8Array): bigint {
  const significantFirst = endianness() === 'LE' ? bytes.toReversed() : bytes;
  return significantFirst.reduce((value, byte) => (value << 8n) | BigInt(byte), 0n);
}
