import { Observable, type OperatorFunction } from 'rxjs';
import type { Document } from '../src/document/document.ts';
import { checkCount } from '../src/errors.ts';
import type { Issue } from '../src/lanes/issue.ts';
import { type Balloted, Joiner } from '../src/lanes/joiner.ts';
import { StageSubscriber } from '../src/rx/stage-subscriber.ts';

/** Options of {@link zipLanes}. */
export interface ZipLanesOptions {
  /** For how many cycles after the issue an answer counts; then the lanes that have not answered abstain. @default Infinity */
  readonly deadline?: number | undefined;
  /** How many lanes must have an opinion about a document. @default more than half of the lanes */
  readonly quorum?: number | undefined;
  /** Whether ballots leave in the order in which the documents came, or as soon as their batch is joined. @default true */
  readonly ordered?: boolean | undefined;
}

/**
 * Joins the lanes of each issue into one ballot a document.
 *
 * Subscribes to all lanes of an issue at once, on the edge on which it was issued. When all have answered, its ballots leave on
 * that edge or the next one, in the order of the documents. A lane that errors, completes without scores, gives the wrong number
 * of them, or has not answered at the deadline abstains; a row of `NaN` is an abstention about that document alone. A document
 * about which fewer lanes than the quorum have an opinion becomes a dead letter; with nobody to take those (see
 * {@link deadLetter}) the stream errors.
 *
 * ```text
 * source                     -----x----y----|            period 5; x: [a, b], y: [c]
 * lane 1                          s|   --s|
 * lane 2                          -s|  s|
 * zipLanes()                 ----------(AB)-(C|)        both leave on the edge after the last answer
 * zipLanes({ deadline: 0 })  -----(AB)-C----|            with the lanes that answered at once
 * ```
 *
 * @example
 * ```ts
 * encoded$.pipe(fanOut(news.subtasks, { clock }), zipLanes({ quorum: 2, deadline: 4 }), vote());
 * ```
 *
 * @return documents with a {@link Ballot}
 * @throws LockstepError `INVALID_ARGUMENT` for an option out of range; as an error of the stream if the quorum is above the
 * number of lanes
 * @see {@link fanOut}, {@link vote}
 */
export function zipLanes<D extends Document>({
  deadline = Number.POSITIVE_INFINITY,
  quorum,
  ordered = true,
}: ZipLanesOptions = {}): OperatorFunction<Issue<D>, D & Balloted> {
  checkCount('deadline', deadline, { min: 0, infinity: true });
  if (quorum !== undefined) checkCount('quorum', quorum);
  return (source) =>
    new Observable((subscriber) => {
      const joiner = new Joiner<D>({ deadline, quorum, ordered }, subscriber);
      source.subscribe(
        new StageSubscriber<Issue<D>, D & Balloted>(subscriber, {
          next: (issue) => joiner.take(issue),
          complete: () => joiner.complete(),
        }),
      );
    });
}
