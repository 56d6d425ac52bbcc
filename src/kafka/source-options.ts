import type { SchedulerLike } from 'rxjs';
import type { DeadLetter, Document } from '../document/document.ts';
import { DEFAULT_IN_FLIGHT } from '../document/window.ts';
import type { KafkaDecoder } from './decoders.ts';
import type { KafkaObserver, KafkaSourceEvent } from './events.ts';
import type { TransactionsSource } from './transactions.ts';

/** How often and how soon a dead consumer is rebuilt. */
export interface RestartOptions {
  /** Milliseconds before the first attempt; each further one waits twice as long. @default 1000 */
  readonly initialDelay?: number | undefined;
  /** Milliseconds before an attempt, at most. @default 30000 */
  readonly maxDelay?: number | undefined;
  /** Attempts without joining the group in between, after which the Observable errors. @default Infinity */
  readonly attempts?: number | undefined;
}

/** Everything that a source from Kafka was told, with every default filled in. */
export interface KafkaSourceOptions<D extends Document> {
  readonly topics: readonly (string | RegExp)[];
  readonly decode: KafkaDecoder<D>;
  readonly maxInFlight: number;
  readonly deadLetters: KafkaDeadLetters | undefined;
  readonly exactlyOnce: TransactionsSource | undefined;
  readonly commitInterval: number;
  readonly commitEvery: number;
  readonly signal: AbortSignal | undefined;
  readonly drainTimeout: number;
  /** False: the Observable errors at the first crash that the client does not mend by itself. */
  readonly restart: false | Required<{ [K in keyof RestartOptions]: number }>;
  readonly concurrency: number;
  readonly maxSilence: number;
  readonly maxAge: number;
  readonly observe: KafkaObserver<KafkaSourceEvent>;
  readonly scheduler: SchedulerLike;
}

/** What takes dead letters of a topic: a handler, which may have something to close when the source ends. */
export interface KafkaDeadLetters {
  // biome-ignore lint/suspicious/noConfusingVoidType: a handler that returns nothing is a usual case
  (letter: DeadLetter): PromiseLike<unknown> | void;
  close?(): Promise<void>;
}

/** How much larger the window is where transactions are: each takes what is in flight, so a small window makes many small ones. */
const TRANSACTIONAL = 4;

/** How many documents may be out that nobody has settled yet, where nobody says it. */
export function usualInFlight(exactlyOnce: boolean): number {
  return exactlyOnce ? TRANSACTIONAL * DEFAULT_IN_FLIGHT : DEFAULT_IN_FLIGHT;
}
