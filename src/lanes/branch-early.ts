import { firstValueFrom } from 'rxjs';
import { invalidArgument } from '../errors.ts';
import { BranchRule } from '../integrate/branch-rule.ts';
import type { VoteRule } from '../integrate/vote-rule.ts';
import type { Scores, Subtask } from '../subtasks/subtask.ts';
import { layoutOf } from './layout.ts';
import { runSubtask } from './run-subtask.ts';

/** Options of {@link branchEarly}. */
export interface BranchEarlyOptions {
  /**
   * How far a label must lead, in log-odds, for the lanes not yet asked to be skipped. `fitEarlyBranch` finds one that costs no accuracy on
   * rows of yours. @default as far as those lanes could possibly turn: the labels are then always the same
   */
  readonly margin?: number | undefined;
}

/** What an ensemble must have to branch early. */
export interface Branchable<D> extends VoteRule {
  readonly subtasks: readonly Subtask<D>[];
}

/** What {@link branchEarly} adds. */
export interface Branched {
  /** How many documents each lane was not asked about, by its name, of how many; it counts on. */
  readonly skips: ReadonlyMap<string, { readonly documents: number; readonly skipped: number }>;
}

/**
 * The ensemble, asking its costly lanes about those documents only whose verdict they may still change: as a processor that does not wait
 * for a branch whose outcome is known. Lanes without a `cost` are asked at once, the others one after another, those first that are worth
 * most in the vote for what they cost. A lane that is skipped abstains, so verdicts that were clear already are somewhat less sure of
 * themselves, and a `quorum` counts the skipped as missing.
 *
 * @example
 * ```ts
 * const news = branchEarly(await loadEnsemble(shippedModel('en-news')), { margin: 2 });
 * documents$.pipe(classify(news)).subscribe({ complete: () => console.log(news.skips.get('dpcnn')) });
 * ```
 * @throws LockstepError `INVALID_ARGUMENT` if `margin` is not a number of at least 0, there are no subtasks, or boosted trees vote: what
 * lanes still to come may change is then not known.
 */
export function branchEarly<D, E extends Branchable<D>>(
  ensemble: E & Branchable<D>,
  { margin = Number.POSITIVE_INFINITY }: BranchEarlyOptions = {},
): E & Branched {
  if (!(margin >= 0)) throw invalidArgument('margin', 'a number of at least 0', margin);
  if (ensemble.boosted !== undefined) throw invalidArgument('ensemble.boosted', 'absent', ensemble.boosted);
  const branches = new Branches(ensemble, margin);
  return { ...ensemble, subtasks: branches.subtasks, skips: branches.skips };
}

/** What is known of a batch: of each lane, what it says, or its failure. */
type Answers = readonly Promise<Scores>[];

class Branches<D> {
  readonly subtasks: readonly Subtask<D>[];
  readonly skips: Map<string, { documents: number; skipped: number }>;
  readonly #asked: readonly Subtask<D>[];
  readonly #rule: BranchRule;
  /** The lanes that are asked at once, then the others in their turn, by index. */
  readonly #first: readonly number[];
  readonly #later: readonly number[];
  readonly #batches = new WeakMap<readonly D[], Answers>();

  constructor({ subtasks, ...vote }: Branchable<D>, margin: number) {
    const rule = new BranchRule(layoutOf(subtasks), vote, margin);
    const all = [...subtasks.keys()];
    const costOf = (lane: number): number => subtasks[lane]?.cost ?? 0;
    const worth = (lane: number): number => rule.weightOf(lane) / costOf(lane);
    this.#asked = subtasks;
    this.#rule = rule;
    this.#first = all.filter((lane) => costOf(lane) === 0);
    this.#later = all.filter((lane) => costOf(lane) > 0).sort((a, b) => worth(b) - worth(a));
    this.skips = new Map(this.#later.map((lane) => [subtasks[lane]?.name ?? '', { documents: 0, skipped: 0 }]));
    this.subtasks = subtasks.map((subtask, lane) => ({
      ...subtask,
      score: (documents) => this.#answersAbout(documents)[lane] ?? [],
    }));
  }

  /** All lanes of a batch are given the same array. */
  #answersAbout(documents: readonly D[]): Answers {
    let answers = this.#batches.get(documents);
    if (!answers) {
      answers = this.#ask(documents);
      this.#batches.set(documents, answers);
    }
    return answers;
  }

  #ask(documents: readonly D[]): Answers {
    const answers = new Map(this.#first.map((lane) => [lane, this.#scoresOf(lane, documents)]));
    const evidence = this.#rule.start(documents.length);
    let rows: readonly number[] = [...documents.keys()];
    let heard: Promise<void> = this.#hearAll(answers, rows, evidence);
    for (const [turn, lane] of this.#later.entries()) {
      const answer = heard.then(() => {
        rows = this.#rule.undecided(evidence, [...rows], this.#later.slice(turn));
        return this.#askSome(lane, documents, rows);
      });
      answers.set(lane, answer);
      heard = answer.then(
        (scores) => this.#rule.hear(evidence, lane, rows, this.#rowsOf(lane, scores, rows)),
        () => {}, // it abstains, and the pipeline deals with its failure
      );
    }
    return this.#asked.map((_, lane) => answers.get(lane) ?? Promise.resolve(new Float32Array()));
  }

  async #hearAll(
    answers: ReadonlyMap<number, Promise<Scores>>,
    rows: readonly number[],
    evidence: Float64Array,
  ): Promise<void> {
    const settled = await Promise.allSettled(answers.values());
    for (const [i, lane] of [...answers.keys()].entries()) {
      const outcome = settled[i];
      if (outcome?.status === 'fulfilled') this.#rule.hear(evidence, lane, rows, outcome.value);
    }
  }

  /** What a lane says about some documents of a batch; it abstains about the others. */
  async #askSome(lane: number, documents: readonly D[], rows: readonly number[]): Promise<Scores> {
    const subtask = this.#asked[lane];
    const skips = this.skips.get(subtask?.name ?? '');
    if (skips) {
      skips.documents += documents.length;
      skips.skipped += documents.length - rows.length;
    }
    if (rows.length === documents.length) return this.#scoresOf(lane, documents);
    const columns = subtask?.labels.length ?? 0;
    const scores = new Float32Array(documents.length * columns).fill(Number.NaN);
    if (rows.length === 0) return scores;
    const some = await this.#scoresOf(
      lane,
      rows.flatMap((row) => documents[row] ?? []),
    );
    for (const [i, row] of rows.entries()) scores.set(some.subarray(i * columns, (i + 1) * columns), row * columns);
    return scores;
  }

  #rowsOf(lane: number, scores: Scores, rows: readonly number[]): Scores {
    const columns = this.#asked[lane]?.labels.length ?? 0;
    const some = new Float32Array(rows.length * columns);
    for (const [i, row] of rows.entries()) some.set(scores.subarray(row * columns, (row + 1) * columns), i * columns);
    return some;
  }

  #scoresOf(lane: number, documents: readonly D[]): Promise<Scores> {
    const subtask = this.#asked[lane];
    if (!subtask) throw new Error(`there is no lane ${lane}`);
    return firstValueFrom(runSubtask(subtask, documents, false));
  }
}
