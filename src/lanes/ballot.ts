import type { Scores } from '../subtasks/subtask.ts';
import type { Layout } from './layout.ts';

/** What all lanes said about a batch. */
export class Panel {
  readonly layout: Layout;
  /** One entry a lane, in the layout's order; undefined where the lane abstained about the whole batch. */
  readonly answers: readonly (Scores | undefined)[];

  constructor(layout: Layout, answers: readonly (Scores | undefined)[]) {
    this.layout = layout;
    this.answers = answers;
  }

  /** Whether a lane has an opinion about a document. */
  hasVote(lane: number, row: number): boolean {
    const scores = this.answers[lane];
    if (scores === undefined) return false;
    return !Number.isNaN(scores[row * (this.layout.lanes[lane]?.labels.length ?? 0)] ?? Number.NaN);
  }

  /** How many lanes have an opinion about a document. */
  votes(row: number): number {
    let count = 0;
    for (let lane = 0; lane < this.answers.length; lane++) if (this.hasVote(lane, row)) count++;
    return count;
  }
}

/**
 * What all lanes said about one document. It is a view of the batch's scores: making one costs no copy.
 *
 * @example
 * ```ts
 * ballot.scores; // { tech: { tech: 0.93 }, finance: { finance: 0.04 }, culture: null }: culture abstained
 * ```
 */
export class Ballot {
  readonly panel: Panel;
  readonly row: number;

  constructor(panel: Panel, row: number) {
    this.panel = panel;
    this.row = row;
  }

  /** The labels to decide between. */
  get labels(): readonly string[] {
    return this.panel.layout.labels;
  }

  /** For each lane its probability for each of its labels; null where it abstained. */
  get scores(): Record<string, Record<string, number> | null> {
    return Object.fromEntries(
      this.panel.layout.lanes.map(({ name, labels }, lane) => {
        if (!this.panel.hasVote(lane, this.row)) return [name, null];
        const at = this.row * labels.length;
        return [name, Object.fromEntries(labels.map((label, i) => [label, this.panel.answers[lane]?.[at + i] ?? 0]))];
      }),
    );
  }

  toJSON(): unknown {
    return this.scores;
  }
}
