import { map, type OperatorFunction, pipe } from 'rxjs';
import type { Document } from '../src/document/document.ts';
import { extend } from '../src/document/extend.ts';
import { invalidDocument, mapDocuments } from '../src/document/map-documents.ts';
import { withReject } from '../src/integrate/reject.ts';
import type { Verdict } from '../src/integrate/verdict.ts';
import { type VoteRule, voteOf } from '../src/integrate/vote-rule.ts';
import type { Vote } from '../src/integrate/weighted-vote.ts';
import { Ballot } from '../src/lanes/ballot.ts';
import type { Balloted } from '../src/lanes/joiner.ts';

/** Options of {@link vote}, whatever the strategy. */
export interface VoteOptions {
  /**
   * A verdict with less confidence than this, 0 to 1, is `uncertain`. `lockstep evaluate` shows how much accuracy that buys, and
   * for how many documents. @default 0: none is
   */
  readonly minConfidence?: number | undefined;
}

/** What {@link vote} adds. */
export interface Labelled {
  readonly verdict: Verdict;
}

/**
 * Decides each ballot: by a weighted vote, or by any other strategy.
 *
 * Adds `verdict`: the label, its probability by the vote (`confidence`), how far it is above the runner-up (`margin`), and what
 * each lane contributed (`lanes`). Evidence is pooled as weighted log-odds plus a bias a label; see {@link weightedVote}. Of
 * labels with equal evidence, the one that comes first in `ballot.labels` wins, always.
 *
 * With `minConfidence`, a verdict that is less sure is `uncertain`. It keeps its label, its place in the stream and its receipt, and
 * can be sent another way: with RxJS' `partition` or `groupBy` to people or to a larger model, or with {@link filterDocuments} nowhere.
 *
 * ```text
 * source                         --a----b--|      ballots: a: { tech: 0.9, finance: 0.2 }, b: { tech: 0.1, finance: 0.3 }
 * vote({ minConfidence: 0.9 })
 * result                         --A----B--|      A: tech (97 %), B: finance (79 %, uncertain)
 * ```
 *
 * @example
 * ```ts
 * const labelled$ = encoded$.pipe(
 *   fanOut(news.subtasks, { clock }),
 *   zipLanes(),
 *   vote({ weights: news.weights, bias: news.bias, minConfidence: 0.8 }),
 *   share(),
 * );
 * const [uncertain$, sure$] = partition(labelled$, ({ verdict }) => verdict.uncertain);
 * merge(sure$.pipe(toJsonLines(process.stdout)), uncertain$.pipe(toJsonLines(process.stderr))).subscribe();
 * ```
 *
 * @param how the rule of an ensemble: the weights of a weighted vote, or boosted trees in their place; or a strategy: anything that makes a
 * verdict of a ballot
 * @return documents with a {@link Verdict}
 * @throws LockstepError `INVALID_ARGUMENT` if a weight is negative or not finite, a bias is not finite, or `minConfidence` is not from 0
 * to 1; as an error of the stream if a weight names no lane or a bias no label
 * @see {@link zipLanes}, {@link classify}
 */
export function vote<D extends Document & Balloted>(how?: VoteRule & VoteOptions): OperatorFunction<D, D & Labelled>;
export function vote<D extends Document & Balloted>(
  how: Vote,
  options?: VoteOptions,
): OperatorFunction<D, D & Labelled>;
export function vote<D extends Document & Balloted>(
  how: Vote | (VoteRule & VoteOptions) = {},
  { minConfidence = 0 }: VoteOptions = typeof how === 'function' ? {} : how,
): OperatorFunction<D, D & Labelled> {
  const decide = withReject(typeof how === 'function' ? how : voteOf(how), minConfidence);
  return pipe(
    mapDocuments('vote', withBallot<D>),
    // A weight that names no lane is no document's fault: it errors the stream.
    map((document) => extend(document, { verdict: decide(document.ballot) })),
  );
}

function withBallot<D extends Document & Balloted>(document: D): D {
  if (!(document.ballot instanceof Ballot)) throw invalidDocument('ballot', document.ballot);
  return document;
}
