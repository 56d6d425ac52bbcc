/** What a lane costs by how many labels it is over. */
export interface LaneCost {
  /** Microseconds a document, however many labels there are. */
  readonly fixed: number;
  /** Microseconds a document for each label. */
  readonly each: number;
}

/** A lane to be timed. */
export interface Probe {
  /** How many labels it is over. */
  readonly labels: number;
  /** Scores all sample documents. */
  readonly run: () => void;
}

const ROUNDS = 40;
const MICROSECONDS = 1000;

/**
 * Measures lanes over different numbers of labels in turns, so that a slow moment of the machine does not meet one of them alone, takes
 * of each lane the fastest round, and lays a straight line through these by least squares.
 *
 * @param documents how many a run scores
 * @param now milliseconds that have passed since some moment
 */
export function measureCost(probes: readonly Probe[], documents: number, now: () => number): LaneCost {
  const times = probes.map(() => Number.POSITIVE_INFINITY);
  for (let round = 0; round < ROUNDS; round++)
    for (const [index, { run }] of probes.entries()) {
      const started = now();
      run();
      times[index] = Math.min(times[index] ?? 0, ((now() - started) * MICROSECONDS) / documents);
    }
  return lineThrough(
    probes.map(({ labels }) => labels),
    times,
  );
}

/** The load of a lane over so many labels, in microseconds a document. */
export function loadOf({ fixed, each }: LaneCost, labels: number): number {
  return fixed + each * labels;
}

/** Neither part of a cost is negative: where noise says so, the other explains all. */
function lineThrough(xs: readonly number[], ys: readonly number[]): LaneCost {
  const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [x, y] = [mean(xs), mean(ys)];
  const variance = mean(xs.map((value) => (value - x) ** 2));
  const covariance = mean(xs.map((value, i) => (value - x) * ((ys[i] ?? 0) - y)));
  const each = variance > 0 ? Math.max(covariance / variance, 0) : 0;
  const fixed = y - each * x;
  return fixed >= 0 ? { fixed, each } : { fixed: 0, each: y / x };
}
