import type { DeadLetter } from '../document/document.ts';
import { describe, LockstepError, type LockstepErrorCode } from '../errors.ts';
import type { KafkaHeaders } from './client.ts';
import { isTooLarge } from './client-errors.ts';
import { type DeadLetterPart, deadLetterRecord, largestPart } from './dead-letter-record.ts';
import { checkedHeaders } from './headers.ts';
import type { Outlet } from './outlet.ts';

/** Takes dead letters, until it is closed. */
export interface KafkaDeadLetterHandler {
  /** Resolves when the letter is written, or is not ours to write any more. */
  (letter: DeadLetter): Promise<void>;
  /**
   * Sends what still waits if the broker takes it at once, and disconnects the producer; what was not written comes again with its
   * document. A letter that comes later opens it anew. Never rejects.
   */
  close(): Promise<void>;
}

/** Options of {@link deadLetterSink}. */
export interface DeadLetterSinkOptions {
  readonly topic: string;
  readonly headers: ((letter: DeadLetter) => KafkaHeaders) | undefined;
}

/** A letter under way. */
interface Posting {
  readonly letter: DeadLetter;
  readonly added: KafkaHeaders;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Sends dead letters to a topic. One that the broker refuses for its size goes without its largest part, then without the next: else
 * the document would come again and again.
 */
export function deadLetterSink(open: () => Outlet, { topic, headers }: DeadLetterSinkOptions): KafkaDeadLetterHandler {
  let outlet: Outlet | undefined;

  function post(posting: Posting, omitted: ReadonlySet<DeadLetterPart>): void {
    const { letter, added, resolve, reject } = posting;
    outlet ??= open();
    outlet.send({
      document: letter.document,
      topic,
      record: deadLetterRecord(letter, added, omitted),
      confirmed: resolve,
      superseded: resolve,
      failed: (cause) => {
        const part = isTooLarge(cause) ? largestPart(letter, omitted) : undefined;
        if (part) post(posting, new Set(omitted).add(part));
        else reject(failureOf('SINK_FAILED', `Cannot send a dead letter to ${topic}`, cause));
      },
    });
  }

  const handle = (letter: DeadLetter): Promise<void> =>
    new Promise((resolve, reject) => {
      try {
        post({ letter, added: checkedHeaders(headers?.(letter)), resolve, reject }, new Set());
      } catch (cause) {
        reject(failureOf('STAGE_FAILED', 'Cannot make a dead letter', cause));
      }
    });

  const close = async (): Promise<void> => {
    const closing = outlet?.close();
    outlet = undefined;
    await closing;
  };

  return Object.assign(handle, { close });
}

function failureOf(code: LockstepErrorCode, what: string, cause: unknown): LockstepError {
  if (cause instanceof LockstepError) return cause;
  return new LockstepError(code, `${what}: ${cause instanceof Error ? cause.message : describe(cause)}`, { cause });
}
