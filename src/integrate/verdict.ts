import type { Ballot } from '../lanes/ballot.ts';

/** What one lane contributed to a verdict. */
export interface LaneShare {
  /** The label for which the lane spoke loudest; a one-vs-rest lane has only one. */
  readonly label: string;
  /** Its probability for that label. */
  readonly score: number;
  /**
   * How much it moved the verdict from the runner-up to the winner, in log-odds: by how much they would be nearer to each other had it
   * abstained; negative if it spoke for the runner-up. In a weighted vote the shares of all lanes and the difference of the two
   * labels' biases sum to the log-odds between the two.
   */
  readonly share: number;
}

/** What the vote made of a ballot. */
export interface Verdict {
  /** The most probable label, also where the verdict is {@link Verdict.uncertain}. */
  readonly label: string;
  /** The probability of `label` by the vote, 0 to 1. */
  readonly confidence: number;
  /** How far `confidence` is above the probability of the runner-up, 0 to 1; 1 if there is no other label. */
  readonly margin: number;
  /** Whether `confidence` is below the `minConfidence` that was asked for; false where none was. */
  readonly uncertain: boolean;
  /** The probability of each label by the vote; they sum to 1. Computed when asked for. */
  readonly probabilities: Readonly<Record<string, number>>;
  /** For each lane what it contributed; null where it abstained. Computed when asked for. */
  readonly lanes: Readonly<Record<string, LaneShare | null>>;
}

/** Works out the parts of a verdict that most users of a million verdicts ask for never. */
export interface Details {
  probabilities(ballot: Ballot): Record<string, number>;
  shares(ballot: Ballot): Record<string, LaneShare | null>;
}

/** A verdict that works out its details when asked. */
export class LazyVerdict implements Verdict {
  readonly label: string;
  readonly confidence: number;
  readonly margin: number;
  readonly #ballot: Ballot;
  readonly #details: Details;

  constructor(
    { label, confidence, margin }: Pick<Verdict, 'label' | 'confidence' | 'margin'>,
    ballot: Ballot,
    details: Details,
  ) {
    this.label = label;
    this.confidence = confidence;
    this.margin = margin;
    this.#ballot = ballot;
    this.#details = details;
  }

  get uncertain(): boolean {
    return false;
  }

  get probabilities(): Readonly<Record<string, number>> {
    return this.#details.probabilities(this.#ballot);
  }

  get lanes(): Readonly<Record<string, LaneShare | null>> {
    return this.#details.shares(this.#ballot);
  }

  toJSON(): Verdict {
    return plain(this);
  }
}

/** A verdict of too little confidence. */
export class UncertainVerdict implements Verdict {
  readonly label: string;
  readonly confidence: number;
  readonly margin: number;
  readonly #verdict: Verdict;

  constructor(verdict: Verdict) {
    this.label = verdict.label;
    this.confidence = verdict.confidence;
    this.margin = verdict.margin;
    this.#verdict = verdict;
  }

  get uncertain(): boolean {
    return true;
  }

  get probabilities(): Readonly<Record<string, number>> {
    return this.#verdict.probabilities;
  }

  get lanes(): Readonly<Record<string, LaneShare | null>> {
    return this.#verdict.lanes;
  }

  toJSON(): Verdict {
    return plain(this);
  }
}

function plain({ label, confidence, margin, uncertain, probabilities, lanes }: Verdict): Verdict {
  return { label, confidence, margin, uncertain, probabilities, lanes };
}
