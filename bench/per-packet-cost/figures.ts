/** From slices to figures: each is a median over rounds of what two slices of one round say of each other. */
import { BASELINE } from './contenders.js';

/** A slice of one contender in one round. */
interface Slice {
  readonly contender: string;
  readonly round: number;
}

export type Value<S> = (sample: S) => number | null;

/** What a contender costs above the empty program, round by round. */
export const netOf = <S extends Slice>(
  samples: readonly S[],
  contender: string,
  value: Value<S>,
): number[] => paired(samples, contender, BASELINE, value).map(([own, empty]) => own - empty);

/** Its share of the empty program's, round by round. */
export const ratioOf = <S extends Slice>(
  samples: readonly S[],
  contender: string,
  value: Value<S>,
): number[] => paired(samples, contender, BASELINE, value).map(([own, empty]) => own / empty);

/** How many times a contender's net cost another's is, round by round. */
export function timesCheaper<S extends Slice>(
  samples: readonly S[],
  contender: string,
  other: string,
  value: Value<S>,
): number[] {
  const own = netOf(samples, contender, value);
  return netOf(samples, other, value).map((net, round) => net / (own[round] ?? NaN));
}

/** The values of two contenders in each round that has both. */
function paired<S extends Slice>(
  samples: readonly S[],
  contender: string,
  other: string,
  value: Value<S>,
): [number, number][] {
  const byRound = (name: string): Map<number, number> =>
    new Map(
      samples
        .filter((s) => s.contender === name)
        .map((s): [number, number | null] => [s.round, value(s)])
        .filter((entry): entry is [number, number] => entry[1] !== null),
    );
  const others = byRound(other);
  return [...byRound(contender)].flatMap(([round, own]): [number, number][] => {
    const theirs = others.get(round);
    return theirs === undefined ? [] : [[own, theirs]];
  });
}
