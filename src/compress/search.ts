import type { EnsembleModel } from '../ensemble/model.ts';
import { lanesOfModel } from '../ensemble/model.ts';
import { verdictsOf } from '../evaluate/predict.ts';
import { logLossOf } from '../evaluate/proper-scores.ts';
import { atTemperature } from '../integrate/temperature.ts';
import { voteOf } from '../integrate/vote-rule.ts';
import { Panel } from '../lanes/ballot.ts';
import { layoutOf } from '../lanes/layout.ts';
import { matchTemperature } from './match-temperature.ts';
import type { Variant } from './variants.ts';

/** Of a temperature; one that hardly differs from 1 is 1, so that the vote stays as it was. */
const DIGITS = 2;

/** An ensemble of variants, one a part. */
export interface Candidate {
  readonly variants: readonly Variant[];
  /** Of all its weights and its vocabulary as stored. */
  readonly bytes: number;
  /** By which its vote is brought next to that of the ensemble before: lanes of which less is left are less sure. */
  readonly temperature: number;
  /** At that temperature. */
  readonly logLoss: number;
  readonly accuracy: number;
}

/** What the lanes of some variants say together. */
interface Opinion {
  /** `rows × labels`. */
  readonly probabilities: readonly number[];
  readonly given: readonly string[];
}

/** Measures what variants are worth together. */
export class Assessor {
  readonly #model: EnsembleModel;
  /** The index of the true label of each row. */
  readonly #truth: readonly number[];
  readonly #before: Opinion;

  /**
   * @param rows those that the variants were asked about
   * @param gentlest a variant of each part that hardly differs from the ensemble before
   */
  constructor(model: EnsembleModel, rows: readonly { readonly label: string }[], gentlest: readonly Variant[]) {
    this.#model = model;
    this.#truth = rows.map(({ label }) => model.labels.indexOf(label));
    this.#before = this.#opinionOf(gentlest) ?? { probabilities: [], given: [] };
  }

  /** Undefined if some label has no lane left. */
  assess(variants: readonly Variant[]): Candidate | undefined {
    const { labels } = this.#model;
    const opinion = this.#opinionOf(variants);
    if (opinion === undefined) return undefined;
    const truth = this.#truth;
    const temperature = this.#temperatureOf(opinion);
    const probabilities = atTemperature(opinion.probabilities, labels.length, temperature);
    const right = opinion.given.filter((label, row) => label === labels[truth[row] ?? -1]).length;
    return {
      variants,
      bytes: variants.reduce((sum, { bytes }) => sum + bytes, 0),
      temperature,
      logLoss: logLossOf({ truth, probabilities, labels: labels.length }),
      accuracy: right / truth.length,
    };
  }

  #temperatureOf({ probabilities }: Opinion): number {
    const { labels, vote } = this.#model;
    if (vote.boosted !== undefined) return 1; // trees have no weights to divide
    return Number(matchTemperature(probabilities, this.#before.probabilities, labels.length).toFixed(DIGITS));
  }

  #opinionOf(variants: readonly Variant[]): Opinion | undefined {
    const { labels, vote } = this.#model;
    const answers = new Map(variants.flatMap((variant) => [...variant.answers]));
    const lanes = lanesOfModel(this.#model).filter(({ name }) => answers.has(name));
    const heard = new Set(lanes.flatMap((lane) => lane.labels));
    if (!labels.every((label) => heard.has(label))) return undefined;
    const weights = Object.fromEntries(Object.entries(vote.weights).filter(([name]) => answers.has(name)));
    const panel = new Panel(
      layoutOf(lanes),
      lanes.map(({ name }) => answers.get(name)),
    );
    const verdicts = verdictsOf(voteOf({ ...vote, weights }), panel, this.#truth.length);
    return {
      given: verdicts.map(({ label }) => label),
      probabilities: verdicts.flatMap(({ probabilities }) => labels.map((label) => probabilities[label] ?? 0)),
    };
  }
}

/** Those candidates that no other one beats in both size and log loss, the smallest first. */
export function frontierOf(candidates: readonly Candidate[]): Candidate[] {
  const bySize = candidates.toSorted((a, b) => a.bytes - b.bytes || a.logLoss - b.logLoss);
  let best = Number.POSITIVE_INFINITY;
  return bySize.filter(({ logLoss }) => {
    const isBetter = logLoss < best;
    if (isBetter) best = logLoss;
    return isBetter;
  });
}

/**
 * The frontier of the combinations of a variant of each part. Parts join one after the other: a combination of the first ones that is beaten,
 * while the rest are at their gentlest, is not gone on with. So the work grows with the number of parts, not to its power. Only
 * combinations whose lanes know the same labels beat each other, as those with more labels leave more freedom to the rest.
 *
 * @param rows those that the variants were asked about
 * @param parts the variants of each part, the gentlest first
 */
export function search(
  model: EnsembleModel,
  rows: readonly { readonly label: string }[],
  parts: readonly (readonly Variant[])[],
): Candidate[] {
  const gentlest = parts.flatMap(([first]) => first ?? []);
  const assessor = new Assessor(model, rows, gentlest);
  let begun: readonly (readonly Variant[])[] = [gentlest];
  let joined: Candidate[] = [];
  for (const [part, variants] of parts.entries()) {
    joined = begun.flatMap((chosen) =>
      variants.flatMap((variant) => assessor.assess(chosen.with(part, variant)) ?? []),
    );
    const alike = new Map<string, Candidate[]>();
    for (const candidate of joined) {
      const heard = labelsHeard(candidate.variants.slice(0, part + 1));
      alike.set(heard, [...(alike.get(heard) ?? []), candidate]);
    }
    begun = [...alike.values()].flatMap((candidates) => frontierOf(candidates).map((candidate) => candidate.variants));
  }
  return frontierOf(joined);
}

function labelsHeard(variants: readonly Variant[]): string {
  const lanes = variants.flatMap(({ model }) => lanesOfModel(model));
  return JSON.stringify([...new Set(lanes.flatMap(({ labels }) => labels))].sort());
}
