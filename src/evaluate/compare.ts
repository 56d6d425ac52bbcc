import { bootstrap, type Interval } from './bootstrap.ts';
import { mcnemar } from './mcnemar.ts';

/** Two models on the same rows. */
export interface Comparison {
  /** What the other is called. */
  readonly name: string;
  /** Of the other. */
  readonly accuracy: number;
  /** By how much the first is better. */
  readonly difference: number;
  /** Of the difference, of 95 %, by a bootstrap of the rows. */
  readonly differenceInterval: Interval;
  /** Rows that only the first got right. */
  readonly onlyFirst: number;
  /** Rows that only the other got right. */
  readonly onlyOther: number;
  /** How probable so uneven a split of those rows is if neither is better: McNemar's test, exact. */
  readonly pValue: number;
}

/** Compares what two models gave to rows; each a list of whether the row was right. */
export function compare(name: string, first: readonly boolean[], other: readonly boolean[], seed?: number): Comparison {
  const rows = first.length;
  const sign = Int8Array.from(first, (isRight, row) => Number(isRight) - Number(other[row] ?? false));
  let sum = 0;
  const [differenceInterval = [0, 0]] = bootstrap({
    rows,
    seed,
    clear: () => {
      sum = 0;
    },
    take: (row) => {
      sum += sign[row] ?? 0;
    },
    figures: () => [sum / rows],
  });
  const onlyFirst = sign.filter((value) => value > 0).length;
  const onlyOther = sign.filter((value) => value < 0).length;
  return {
    name,
    accuracy: other.filter(Boolean).length / rows,
    difference: (onlyFirst - onlyOther) / rows,
    differenceInterval,
    onlyFirst,
    onlyOther,
    pValue: mcnemar(onlyFirst, onlyOther),
  };
}
