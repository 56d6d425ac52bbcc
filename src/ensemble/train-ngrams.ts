import { NgramScorer } from '../subtasks/ngrams/ngram-scorer.ts';
import { groupsOf, type NgramsLane } from '../subtasks/ngrams/ngram-table.ts';
import type { Example } from './examples.ts';
import { calibrated, calibrationsOf, fitNgrams } from './ngrams/fit-ngrams.ts';
import type { Preparation } from './prepare.ts';
import type { TrainOptions } from './train-options.ts';

/** Lanes over n-grams, trained. */
interface TrainedNgrams {
  readonly lanes: readonly NgramsLane[];
  /** What lanes that had not seen them say of the examples that were held back. */
  readonly scores: readonly Float32Array[];
}

/**
 * Fits the lanes over n-grams twice: to the training examples, which tells from those held back how sure they may be and what they
 * are worth in the vote, and, where that is more, to all examples, which gives the lanes that are kept.
 */
export async function trainNgrams(
  { labels, ngrams, training, heldBack, all }: Preparation,
  { seed, onProgress, signal }: Pick<TrainOptions, 'onProgress' | 'signal'> & { readonly seed: number },
): Promise<TrainedNgrams> {
  if (ngrams.length === 0) return { lanes: [], scores: [] };
  const fitted = (examples: readonly Example[], part: number) =>
    fitNgrams(ngrams, examples, {
      labels,
      seed,
      signal,
      onProgress: (done) => onProgress?.({ stage: 'n-grams', done: (part + done) / 2 }),
    });
  const trial = await fitted(training, 0);
  const calibrations = calibrationsOf(trial, heldBack, labels);
  const lanes = all.length > training.length ? await fitted(all, 1) : trial;
  return { lanes: calibrated(lanes, calibrations), scores: scoresOf(calibrated(trial, calibrations), heldBack) };
}

function scoresOf(lanes: readonly NgramsLane[], examples: readonly Example[]): Float32Array[] {
  const texts = examples.map(({ text }) => text);
  const scores = new Map<NgramsLane, Float32Array>();
  for (const group of groupsOf(lanes))
    for (const [i, answer] of new NgramScorer(group).score(texts).entries()) {
      const lane = group[i];
      if (lane) scores.set(lane, answer);
    }
  return lanes.map((lane) => scores.get(lane) ?? new Float32Array());
}
