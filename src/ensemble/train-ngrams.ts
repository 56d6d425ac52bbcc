import { NgramScorer } from '../subtasks/ngrams/ngram-scorer.ts';
import { groupsOf, type NgramsLane } from '../subtasks/ngrams/ngram-table.ts';
import type { Checkpoint } from './checkpoint.ts';
import { calibrated, calibrationsOf, fitNgrams, type Trial } from './ngrams/fit-ngrams.ts';
import type { Preparation } from './prepare.ts';
import type { Row } from './rows.ts';
import type { TrainOptions } from './train-options.ts';

/** Lanes over n-grams, trained. */
interface TrainedNgrams {
  readonly lanes: readonly NgramsLane[];
  /** For each trial what its lanes say of the examples that it held back. */
  readonly scores: readonly (readonly Float32Array[])[];
}

/**
 * Fits the lanes over n-grams in every trial, which tells how sure they may be and what they are worth in the vote, and, where that is
 * more, to all rows, which gives the lanes that are kept. If aborted, no trial is begun any more, and the lanes of the first are kept.
 */
export async function trainNgrams(
  { labels, ngrams, trials, all }: Preparation,
  { seed, onProgress, signal }: Pick<TrainOptions, 'onProgress' | 'signal'> & { readonly seed: number },
  checkpoint: Checkpoint,
): Promise<TrainedNgrams> {
  if (ngrams.length === 0) return { lanes: [], scores: trials.map(() => []) };
  const index = new Map(labels.map((label, at) => [label, at]));
  const examplesOf = (rows: readonly Row[]) => rows.map(({ text, label }) => ({ text, label: index.get(label) ?? -1 }));
  const runs = trials.length + (all ? 1 : 0);
  const fitted = async (rows: readonly Row[], run: number): Promise<readonly NgramsLane[]> => {
    const tell = (done: number): void =>
      onProgress?.({ stage: 'n-grams', run: run + 1, runs, done: (run + done) / runs });
    const fit = () => fitNgrams(ngrams, examplesOf(rows), { labels, seed, signal, onProgress: tell });
    const { value, isKept } = await checkpoint.once(`ngrams-${run + 1}`, fit, () => !signal?.aborted);
    if (isKept) tell(1);
    return value;
  };
  const tried: Trial[] = [];
  for (const [run, { training, heldBack }] of trials.entries()) {
    if (run > 0 && signal?.aborted) break;
    tried.push({ lanes: await fitted(training, run), examples: examplesOf(heldBack) });
  }
  const calibrations = calibrationsOf(tried, labels);
  const kept = all && !signal?.aborted ? await fitted(all, trials.length) : undefined;
  return {
    lanes: calibrated((signal?.aborted ? undefined : kept) ?? tried[0]?.lanes ?? [], calibrations),
    scores: tried.map(({ lanes, examples }) => scoresOf(calibrated(lanes, calibrations), examples)),
  };
}

function scoresOf(lanes: readonly NgramsLane[], examples: Trial['examples']): Float32Array[] {
  const texts = examples.map(({ text }) => text);
  const scores = new Map<NgramsLane, Float32Array>();
  for (const group of groupsOf(lanes))
    for (const [i, answer] of new NgramScorer(group).score(texts).entries()) {
      const lane = group[i];
      if (lane) scores.set(lane, answer);
    }
  return lanes.map((lane) => scores.get(lane) ?? new Float32Array());
}
