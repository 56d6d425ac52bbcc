import { seededRandom } from '../subtasks/random.ts';

/** Bounds between which a figure lies, with some confidence. */
export type Interval = readonly [low: number, high: number];

/** What is drawn with replacement, and how it is counted. */
export interface Resampling {
  readonly rows: number;
  /** Begins a new sample. */
  readonly clear: () => void;
  /** Takes a row into the sample. */
  readonly take: (row: number) => void;
  /** Figures of the sample. */
  readonly figures: () => readonly number[];
  /** @default 1 */
  readonly seed?: number | undefined;
}

/** How sure an interval is. */
const LEVEL = 0.95;
const SAMPLES = 2000;

/**
 * Intervals of {@link LEVEL} for figures of a sample, by the percentile bootstrap with 2,000 samples: as many rows as there are, drawn
 * with replacement, again and again; the figures of all but the 2.5 % lowest and highest. They tell what other rows of the
 * same kind would have changed, not another training. The same seed gives the same intervals.
 *
 * Source: B. Efron and R. Tibshirani, An introduction to the bootstrap, 1993, chapter 13.
 */
export function bootstrap({ rows, clear, take, figures, seed = 1 }: Resampling): Interval[] {
  const random = seededRandom(`bootstrap ${seed}`);
  const samples: (readonly number[])[] = [];
  for (let sample = 0; sample < SAMPLES; sample++) {
    clear();
    for (let i = 0; i < rows; i++) take(Math.floor(random() * rows));
    samples.push(figures());
  }
  return (samples[0] ?? []).map((_, figure) => {
    const values = Float64Array.from(samples, (sample) => sample[figure] ?? 0).sort();
    return [quantile(values, (1 - LEVEL) / 2), quantile(values, (1 + LEVEL) / 2)];
  });
}

/** Of values in ascending order, linear between them. */
function quantile(sorted: Float64Array, share: number): number {
  const place = share * (sorted.length - 1);
  const below = Math.floor(place);
  const low = sorted[below] ?? 0;
  return low + (place - below) * ((sorted[below + 1] ?? low) - low);
}
