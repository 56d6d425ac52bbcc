import { type OperatorFunction, pipe } from 'rxjs';
import { Clock } from '../src/clock/clock.ts';
import type { Document, Encoded, Tokenized } from '../src/document/document.ts';
import type { Ensemble } from '../src/ensemble/types.ts';
import { invalidArgument } from '../src/errors.ts';
import type { Balloted } from '../src/lanes/joiner.ts';
import type { Subtask } from '../src/subtasks/subtask.ts';
import { encode } from './encode.ts';
import { type FanOutOptions, fanOut } from './fan-out.ts';
import { tokenize } from './tokenize.ts';
import { type Labelled, type VoteOptions, vote } from './vote.ts';
import { type ZipLanesOptions, zipLanes } from './zip-lanes.ts';

/** Options of {@link classify}: those of {@link fanOut}, {@link zipLanes} and {@link vote}, with a clock of its own by default. */
export interface ClassifyOptions extends Omit<FanOutOptions, 'clock'>, ZipLanesOptions, VoteOptions {
  /** @default a work-conserving clock of its own, with a period of 5 ms */
  readonly clock?: Clock | undefined;
}

/** What classification needs of an ensemble; {@link loadEnsemble} gives it, a test makes its own. */
export interface Classifier extends Pick<Ensemble, 'tokenizer' | 'vocabulary' | 'weights' | 'bias' | 'boosted'> {
  readonly subtasks: readonly Subtask<Document & Tokenized & Encoded>[];
}

/** What {@link classify} adds. */
export type Classified = Tokenized & Encoded & Balloted & Labelled;

const DEFAULT_PERIOD = 5;

/**
 * Labels each document with an ensemble: the whole chain in one operator.
 *
 * It is {@link tokenize}, {@link encode}, {@link fanOut}, {@link zipLanes} and {@link vote} with what the ensemble brings, and
 * nothing else; compose these yourself to treat a lane, tap in between, or use a stage of yours.
 *
 * ```text
 * source                            -a-b----c----|
 * classify(news, { clock })         ----------(AB)-C|     period 5, lanes that take less than a period
 * ```
 *
 * @example
 * ```ts
 * import { from } from 'rxjs';
 * import { classify, loadEnsemble, shippedModel } from 'rx-lockstep';
 *
 * const news = await loadEnsemble(shippedModel('zh-topics'));
 * from([{ text: '央行宣布下调存款准备金率' }])
 *   .pipe(classify(news))
 *   .subscribe({ next: ({ verdict }) => console.log(verdict.label), complete: () => news.close() }); // finance
 * ```
 *
 * @return documents with `tokens`, `ids`, `unknown`, `ballot` and `verdict`
 * @throws LockstepError `INVALID_ARGUMENT` as the composed operators do
 */
export function classify<D extends Document>(
  ensemble: Classifier,
  {
    clock = new Clock({ period: DEFAULT_PERIOD, workConserving: true }),
    deadline,
    quorum,
    ordered,
    minConfidence,
    ...options
  }: ClassifyOptions = {},
): OperatorFunction<D, D & Classified> {
  if (typeof ensemble?.tokenizer !== 'function') throw invalidArgument('ensemble', 'an ensemble', ensemble);
  const { tokenizer, vocabulary, subtasks, weights, bias, boosted } = ensemble;
  return pipe(
    tokenize<D>(tokenizer),
    encode(vocabulary),
    fanOut(subtasks, { ...options, clock }),
    zipLanes({ deadline, quorum, ordered }),
    vote({ weights, bias, boosted, minConfidence }),
  );
}
