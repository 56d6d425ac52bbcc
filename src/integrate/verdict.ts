import type { Ballot } from '../lanes/ballot.ts';

/** What one lane contributed to a verdict. */
export interface LaneShare {
  /** The label for which the lane spoke loudest; a one-vs-rest lane has only one. */
  readonly label: string;
  /** Its probability for that label. */
  readonly score: number;
  /**
   * How much it moved the verdict from the runner-up to the winner, in weighted log-odds: negative if it spoke for the
   * runner-up. The shares of all lanes and the difference of the two labels' biases sum to the log-odds between the two.
   */
  readonly share: number;
}

/** What the vote made of a ballot. */
export interface Verdict {
  readonly label: string;
  /** The probability of `label` by the vote, 0 to 1. */
  readonly confidence: number;
  /** How far `confidence` is above the probability of the runner-up, 0 to 1; 1 if there is no other label. */
  readonly margin: number;
  /** For each lane what it contributed; null where it abstained. Computed when asked for. */
  readonly lanes: Readonly<Record<string, LaneShare | null>>;
}

/** A verdict that works out its lanes' shares when asked: most users of a million verdicts ask for none. */
export class LazyVerdict implements Verdict {
  readonly label: string;
  readonly confidence: number;
  readonly margin: number;
  readonly #ballot: Ballot;
  readonly #shares: (ballot: Ballot) => Record<string, LaneShare | null>;

  constructor(
    { label, confidence, margin }: Omit<Verdict, 'lanes'>,
    ballot: Ballot,
    shares: (ballot: Ballot) => Record<string, LaneShare | null>,
  ) {
    this.label = label;
    this.confidence = confidence;
    this.margin = margin;
    this.#ballot = ballot;
    this.#shares = shares;
  }

  get lanes(): Readonly<Record<string, LaneShare | null>> {
    return this.#shares(this.#ballot);
  }

  toJSON(): Verdict {
    const { label, confidence, margin, lanes } = this;
    return { label, confidence, margin, lanes };
  }
}
