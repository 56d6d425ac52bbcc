import { type Subscriber, Subscription } from 'rxjs';
import type { Document } from '../document/document.ts';
import { extend } from '../document/extend.ts';
import { reject } from '../document/receipt.ts';
import { invalidArgument, LockstepError } from '../errors.ts';
import type { Scores } from '../subtasks/subtask.ts';
import { Ballot, Panel } from './ballot.ts';
import type { Issue } from './issue.ts';
import { toScores } from './scores.ts';

/** What `zipLanes` adds. */
export interface Balloted {
  readonly ballot: Ballot;
}

/** What `zipLanes` was told, with every default filled in; a quorum that is undefined is a majority. */
export interface JoinerOptions {
  readonly deadline: number;
  readonly quorum: number | undefined;
  readonly ordered: boolean;
}

/** An issue whose lanes are out. */
interface Entry<D extends Document> {
  readonly issue: Issue<D>;
  /** What each lane said; undefined while it has not, and for good if it abstains. */
  readonly answers: (Scores | undefined)[];
  readonly reasons: (LockstepError | undefined)[];
  readonly lanes: Subscription;
  /** How many lanes are still to answer. */
  pending: number;
}

/** Joins the lanes of issues into ballots and retires them on edges: the machinery of `zipLanes`, one for each subscription. */
export class Joiner<D extends Document> {
  readonly #options: JoinerOptions;
  readonly #subscriber: Subscriber<D & Balloted>;
  /** In the order of issue. */
  #entries: Entry<D>[] = [];
  #completed = false;
  #retiring: Subscription | undefined;

  constructor(options: JoinerOptions, subscriber: Subscriber<D & Balloted>) {
    this.#options = options;
    this.#subscriber = subscriber;
    subscriber.add(() => {
      this.#retiring?.unsubscribe();
      for (const { lanes } of this.#entries) lanes.unsubscribe();
    });
  }

  take(issue: Issue<D>): void {
    const { deadline, quorum } = this.#options;
    const count = issue.lanes.length;
    if (quorum !== undefined && quorum > count) throw invalidArgument('quorum', `at most the ${count} lanes`, quorum);
    const lanes = new Subscription();
    const entry: Entry<D> = { issue, answers: new Array(count), reasons: new Array(count), lanes, pending: count };
    this.#entries.push(entry);
    if (deadline > 0 && deadline < Number.POSITIVE_INFINITY)
      lanes.add(issue.clock.schedule(() => this.#expire(entry), deadline * issue.clock.period));
    for (let lane = 0; lane < count; lane++) this.#ask(entry, lane);
    if (deadline === 0 && entry.pending > 0) this.#expire(entry);
  }

  /** No more issues will come. */
  complete(): void {
    this.#completed = true;
    if (this.#entries.length === 0) this.#subscriber.complete();
  }

  #ask(entry: Entry<D>, lane: number): void {
    const { issue, answers, lanes } = entry;
    const { name, labels, scores } = issue.lanes[lane] ?? unreachable();
    const batch = issue.batch;
    let over = false;
    const finish = (reason?: LockstepError): void => {
      if (over) return;
      over = true;
      if (reason) this.#abstain(entry, lane, reason);
      else issue.observe({ type: 'answer', batch, cycle: issue.clock.cycle, lane: name });
      if (--entry.pending === 0) this.#joined(issue);
    };
    lanes.add(
      scores.subscribe({
        next: (answer) => {
          if (over) return;
          const problem = wrongShape(issue, lane, answer);
          // Checked here as well as by `fanOut`: the lane may have been decorated.
          if (!problem) answers[lane] = toScores(answer, labels.length);
          finish(problem);
        },
        error: (error) => finish(asReason(name, error)),
        complete: () => {
          if (!over) finish(new LockstepError('SUBTASK_FAILED', `Lane ${name} ended without an answer`));
        },
      }),
    );
  }

  #abstain({ issue, reasons }: Entry<D>, lane: number, reason: LockstepError): void {
    const { name } = issue.lanes[lane] ?? unreachable();
    const { batch, clock, documents } = issue;
    reasons[lane] = reason;
    issue.observe({ type: 'abstain', batch, cycle: clock.cycle, lane: name, documents: documents.length, reason });
  }

  /** At the deadline the lanes that have not answered abstain. */
  #expire(entry: Entry<D>): void {
    const { issue, answers, reasons, lanes } = entry;
    lanes.unsubscribe();
    for (const [lane, { name }] of issue.lanes.entries()) {
      if (answers[lane] || reasons[lane]) continue;
      const message = `Lane ${name} did not answer within ${this.#options.deadline} cycles`;
      this.#abstain(entry, lane, new LockstepError('DEADLINE_MISSED', message));
    }
    entry.pending = 0;
    this.#joined(issue);
  }

  /** All lanes of an issue have answered: it leaves on this edge, or the next one. */
  #joined({ clock }: Issue<D>): void {
    if (clock.edge) {
      this.#retire();
    } else if (!this.#retiring) {
      this.#retiring = clock.schedule(() => this.#retire());
      clock.bringForward();
    }
  }

  #retire(): void {
    this.#retiring?.unsubscribe();
    this.#retiring = undefined;
    const joined = this.#takeJoined();
    for (const entry of joined) {
      entry.lanes.unsubscribe();
      this.#emit(entry);
    }
    // Only now: a batch that is issued in the place of the first may answer at once, and must not overtake the second.
    for (const { issue } of joined) issue.retire();
    if (this.#completed && this.#entries.length === 0) this.#subscriber.complete();
  }

  #takeJoined(): Entry<D>[] {
    const entries = this.#entries;
    if (!this.#options.ordered) {
      this.#entries = entries.filter(({ pending }) => pending > 0);
      return entries.filter(({ pending }) => pending === 0);
    }
    const waiting = entries.findIndex(({ pending }) => pending > 0);
    return entries.splice(0, waiting < 0 ? entries.length : waiting);
  }

  #emit({ issue, answers, reasons }: Entry<D>): void {
    const { batch, clock, documents, layout } = issue;
    const panel = new Panel(layout, answers);
    const quorum = this.#options.quorum ?? Math.floor(layout.lanes.length / 2) + 1;
    let rejected = 0;
    let votes = 0;
    for (let row = 0; row < documents.length; row++) {
      if (this.#subscriber.closed) return;
      const document = documents[row] ?? unreachable();
      const lanes = panel.votes(row);
      votes += lanes;
      if (lanes >= quorum) {
        this.#subscriber.next(extend(document, { ballot: new Ballot(panel, row) }));
        continue;
      }
      rejected++;
      const message = quorumMessage(lanes, quorum, reasons);
      const reason = new LockstepError('QUORUM_MISSED', message, { cause: reasons.find((lane) => lane) });
      if (!reject(document, reason)) this.#subscriber.error(reason);
    }
    const answered = answers.filter((answer) => answer !== undefined).length;
    if (votes < answered * documents.length) this.#countSilentRows(issue, panel);
    issue.observe({ type: 'retire', batch, cycle: clock.cycle, documents: documents.length, rejected });
  }

  /** Lanes may abstain about single documents: rows of `NaN`. */
  #countSilentRows({ batch, clock, documents, layout, observe }: Issue<D>, panel: Panel): void {
    for (const [lane, { name }] of layout.lanes.entries()) {
      if (!panel.answers[lane]) continue;
      const silent = documents.filter((_, row) => !panel.hasVote(lane, row)).length;
      if (silent === 0) continue;
      const reason = new LockstepError('INVALID_SCORES', `Lane ${name} has no valid scores for ${silent} documents`);
      observe({ type: 'abstain', batch, cycle: clock.cycle, lane: name, documents: silent, reason });
    }
  }
}

function wrongShape(issue: Issue, lane: number, answer: Scores): LockstepError | undefined {
  const { name, labels } = issue.lanes[lane] ?? unreachable();
  const expected = issue.documents.length * labels.length;
  if (answer?.length === expected) return undefined;
  return new LockstepError('INVALID_SCORES', `Expected ${expected} scores of lane ${name}, got ${answer?.length}`);
}

function asReason(name: string, error: unknown): LockstepError {
  if (error instanceof LockstepError) return error;
  const message = error instanceof Error ? error.message : String(error);
  return new LockstepError('SUBTASK_FAILED', `Lane ${name} failed: ${message}`, { cause: error });
}

function quorumMessage(votes: number, quorum: number, reasons: readonly (LockstepError | undefined)[]): string {
  const why = reasons.flatMap((reason) => (reason ? [reason.message] : []));
  return `Expected ${quorum} lanes to vote, got ${votes}${why.length > 0 ? `: ${why.join('; ')}` : ''}`;
}

function unreachable(): never {
  throw new Error('a lane beyond the last');
}
