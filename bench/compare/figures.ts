/** What of two results can be held against each other, whichever benchmark or scored runs they are of. */
import { spreadOf, type Spread } from '../harness/spread.js';

/** By name of a run: the same fault at the same strength, the same time. */
export type ByRun = ReadonlyMap<string, number>;

export interface Figure {
  readonly name: string;
  readonly better: 'lower' | 'higher';
  /** Slices of one run with their quartiles, one number, or runs that pair with those of other results. */
  readonly of: Spread | number | ByRun;
}

type Row = Readonly<Record<string, unknown>>;

export function figuresOf(results: unknown): Figure[] {
  if (Array.isArray(results)) return scoredRuns(results as Row[]);
  const { targets, levels, latencies, rows, kinds, scores } = results as Record<
    string,
    Row[] | undefined
  >;
  return [
    ...(targets ?? []).flatMap(target),
    ...(levels ?? []).flatMap(level),
    ...armed(latencies ?? []),
    ...(rows ?? []).flatMap(loaded),
    ...(kinds ?? []).flatMap(errors),
    ...scoredRuns(scores ?? []),
  ];
}

/** What every benchmark holds against a limit. */
function target(row: Row): Figure[] {
  const { least, limit, spread, figure } = row;
  const of = spread ?? figure;
  if (!isSpread(of) && typeof of !== 'number') return [];
  const isLeast = least !== undefined || (typeof limit === 'string' && limit.startsWith('≥'));
  return [{ name: named(row), better: isLeast ? 'higher' : 'lower', of }];
}

/** Of agent-cost. */
const level = (row: Row): Figure[] =>
  numbers(row, ['cpu_percent', 'pss_mib', 'sweep_p50_ms', 'delay_p99_ms', 'sent_kb_per_s']).map(
    ([key, of]) => ({ name: `${key}, ${String(row['flows'])} flows`, better: 'lower', of }),
  );

/** Of arming. */
const armed = (rows: readonly Row[]): Figure[] =>
  [...new Set(rows.map(({ load }) => load))].flatMap((load) =>
    ['one_host_ms', 'both_hosts_ms'].flatMap((key): Figure[] => {
      const own = rows.filter((row) => row['load'] === load);
      const of = spreadOf(own.map((row) => row[key] as number));
      return of ? [{ name: `trigger to armed, ${key}, ${String(load)}`, better: 'lower', of }] : [];
    }),
  );

/** Of overhead, against the native slices around: absolute figures drift with the machine. */
const loaded = (row: Row): Figure[] =>
  (['throughput', 'cpu_per_byte'] as const).flatMap((key): Figure[] => {
    const of = row[key];
    const better = key === 'throughput' ? 'higher' : 'lower';
    const isOurs = /^(monitor|armed)\b/.test(String(row['contender']));
    return isOurs && isSpread(of) ? [{ name: `${key} ${named(row)}`, better, of }] : [];
  });

/** Of rtt-accuracy. */
const errors = (row: Row): Figure[] =>
  numbers(row['errors'] as Row | undefined, ['p50', 'p99']).map(([key, of]) => ({
    name: `${key} of the error, ${String(row['id'])}`,
    better: 'lower',
    of,
  }));

/** Of verdicts, triggers and the matrix. */
function scoredRuns(rows: readonly Row[]): Figure[] {
  const counted = rows.filter(({ result }) => result !== 'void');
  const nameOf = naming(counted);
  const byRun = (value: (row: Row) => unknown): ByRun =>
    new Map(
      counted.flatMap((row): [string, number][] => {
        const number = value(row);
        return typeof number === 'number' ? [[nameOf(row), number]] : [];
      }),
    );
  const figures: Figure[] = [
    { name: 'runs right', better: 'higher', of: byRun(({ result }) => Number(result === 'right')) },
    { name: 'causes right', better: 'higher', of: byRun((row) => flag(row['cause_right'])) },
    ...['earlier', 'detection_s', 'verdict_s', 'first_s'].map((key): Figure => {
      const of = byRun((row) => row[key]);
      return {
        name: key === 'earlier' ? 'incidents before anything was wrong' : key,
        better: 'lower',
        of,
      };
    }),
  ];
  return figures.filter(({ of }) => (of as ByRun).size > 0);
}

/** By fault and repetition; older results tell no more. In a matrix a fault has several strengths and workloads. */
function naming(rows: readonly Row[]): (row: Row) => string {
  const short = ({ scenario, run }: Row): string => texts(scenario, run).join(' ');
  if (new Set(rows.map(short)).size === rows.length) return short;
  return ({ scenario, strength, workload, run }) => {
    const { value, unit } = (strength ?? {}) as Row;
    return texts(scenario, value, unit, workload, run).join(' ');
  };
}

const flag = (value: unknown): unknown => (typeof value === 'boolean' ? Number(value) : value);

const NAMING = ['what', 'name', 'contender', 'where', 'load', 'flows', 'unit'] as const;

const named = (row: Row): string => texts(...NAMING.map((key) => row[key])).join(', ');

const texts = (...parts: unknown[]): string[] =>
  parts.flatMap((part) =>
    typeof part === 'number' || (typeof part === 'string' && part !== '') ? [String(part)] : [],
  );

const numbers = (row: Row | undefined, keys: readonly string[]): [string, number][] =>
  keys.flatMap((key): [string, number][] => {
    const value = row?.[key];
    return typeof value === 'number' ? [[key, value]] : [];
  });

const isSpread = (value: unknown): value is Spread =>
  typeof value === 'object' && value !== null && 'median' in value && 'count' in value;
