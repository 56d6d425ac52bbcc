export type Mode = 'at-least-once' | 'exactly-once';

/** Where documents come from and go to. */
export interface Topics {
  readonly documents: string;
  readonly verdicts: string;
  readonly deadLetters: string;
}

/** What a worker is told, as JSON in its first argument. */
export interface WorkerConfig {
  /** Its client id, by which the broker knows it; another for each. */
  readonly name: string;
  readonly bootstrap: string;
  readonly group: string;
  readonly topics: Topics;
  readonly mode: Mode;
  /** In milliseconds. */
  readonly sessionTimeout: number;
}

/** What a worker writes into a verdict, for the judge. */
export interface ChaosVerdict {
  readonly id: number;
  readonly label: string;
  /** Where the document stood. */
  readonly partition: number;
  readonly offset: number;
  readonly worker: string;
  /** When the worker had joined the group before it got the document, in milliseconds since 1970. */
  readonly joined: number;
}
