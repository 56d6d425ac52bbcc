import { map, type OperatorFunction, pipe } from 'rxjs';
import type { Document } from '../src/document/document.ts';
import { extend } from '../src/document/extend.ts';
import { invalidDocument, mapDocuments } from '../src/document/map-documents.ts';
import type { Verdict } from '../src/integrate/verdict.ts';
import { type VoteWeights, weightedVote } from '../src/integrate/weighted-vote.ts';
import { Ballot } from '../src/lanes/ballot.ts';
import type { Balloted } from '../src/lanes/joiner.ts';

/** What {@link vote} adds. */
export interface Labelled {
  readonly verdict: Verdict;
}

/**
 * Decides each ballot by a weighted vote.
 *
 * Adds `verdict`: the label, its probability by the vote (`confidence`), how far it is above the runner-up (`margin`), and what
 * each lane contributed (`lanes`). Evidence is pooled as weighted log-odds plus a bias a label; see {@link weightedVote}. Of
 * labels with equal evidence, the one that comes first in `ballot.labels` wins, always.
 *
 * ```text
 * source        --a----b--|      ballots: a: { tech: 0.9, finance: 0.2 }, b: { tech: 0.1, finance: 0.3 }
 * vote()
 * result        --A----B--|      A: tech, B: finance
 * ```
 *
 * @example
 * ```ts
 * encoded$.pipe(
 *   fanOut(news.subtasks, { clock }),
 *   zipLanes(),
 *   vote({ weights: news.weights, bias: news.bias }),
 * ).subscribe(({ verdict }) => console.log(verdict.label, verdict.confidence));
 * ```
 *
 * @return documents with a {@link Verdict}
 * @throws LockstepError `INVALID_ARGUMENT` if a weight is negative or not finite, or a bias is not finite; as an error of the
 * stream if a weight names no lane or a bias no label
 * @see {@link zipLanes}, {@link classify}
 */
export function vote<D extends Document & Balloted>(options: VoteWeights = {}): OperatorFunction<D, D & Labelled> {
  const decide = weightedVote(options);
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
