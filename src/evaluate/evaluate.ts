import type { Row } from '../ensemble/rows.ts';
import type { Ensemble } from '../ensemble/types.ts';
import { describe, LockstepError } from '../errors.ts';
import { voteOf } from '../integrate/vote-rule.ts';
import { Panel } from '../lanes/ballot.ts';
import { type EvaluatePredictionsOptions, type Evaluation, evaluatePredictions } from './evaluate-predictions.ts';
import { verdictsOf } from './predict.ts';
import { scoreTexts } from './score-texts.ts';

/** Options of {@link evaluate}. */
export interface EvaluateOptions extends EvaluatePredictionsOptions {
  /** What something else gave the same rows, a label a row, to compare with. */
  readonly against?: { readonly name: string; readonly given: readonly string[] } | undefined;
}

/**
 * Labels rows with an ensemble, and measures it and each of its lanes, also what it would be without that lane.
 *
 * @example
 * ```ts
 * const { rows } = await readRows('dev.tsv', { labels: news.labels });
 * const { accuracy, accuracyInterval } = await evaluate(news, rows);
 * ```
 * @throws LockstepError `INVALID_DATA` if there are no rows, one has a label that the ensemble does not know, or `against` has not
 * one label for each row.
 */
export async function evaluate(
  ensemble: Ensemble,
  rows: readonly Row[],
  { against, seed }: EvaluateOptions = {},
): Promise<Evaluation> {
  const { labels } = ensemble;
  checkRows(ensemble, rows, against?.given);
  const panel = await scoreTexts(
    ensemble,
    rows.map(({ text }) => text),
  );
  const vote = voteOf(ensemble);
  const verdicts = verdictsOf(vote, panel, rows.length);
  const indexOf = new Map(labels.map((label, index) => [label, index]));
  const indices = (names: readonly string[]): number[] => names.map((name) => indexOf.get(name) ?? -1);
  return evaluatePredictions(
    {
      labels,
      truth: indices(rows.map(({ label }) => label)),
      probabilities: verdicts.flatMap(({ probabilities }) => labels.map((label) => probabilities[label] ?? 0)),
      lanes: panel.layout.lanes.map(({ name, labels: own }, lane) => ({
        name,
        labels: own,
        scores: panel.answers[lane] ?? [],
        without: indices(verdictsOf(vote, without(panel, lane), rows.length).map(({ label }) => label)),
      })),
      against: against && { name: against.name, given: indices(against.given) },
    },
    { seed },
  );
}

/** As if a lane abstained. */
function without({ layout, answers }: Panel, lane: number): Panel {
  return new Panel(layout, answers.with(lane, undefined));
}

function checkRows({ name, labels }: Ensemble, rows: readonly Row[], given: readonly string[] | undefined): void {
  if (rows.length === 0) throw new LockstepError('INVALID_DATA', 'Expected rows to evaluate on, got none');
  const known = new Set(labels);
  const unknown = rows.find(({ label }) => !known.has(label));
  if (unknown !== undefined)
    throw new LockstepError(
      'INVALID_DATA',
      `Expected labels of "${name}", ${labels.join(', ')}; got ${describe(unknown.label)}`,
    );
  if (given !== undefined && given.length !== rows.length)
    throw new LockstepError(
      'INVALID_DATA',
      `Expected a label to compare with for each of ${rows.length} rows, got ${given.length}`,
    );
}
