import type { DeadLetter, Document } from '../../src/document/document.ts';
import type { KafkaRecord } from '../../src/kafka/record.ts';
import type { KafkaDeadLetters } from '../../src/kafka/source-options.ts';
import { errorFields } from './error-fields.ts';
import type { Logger } from './logger.ts';

/** Lines about dead letters in one period, at most; the rest is counted. */
const SHOWN = 10;
/** Milliseconds. */
const PERIOD = 10_000;

/** Options of {@link takeLetters}. */
export interface TakeLettersOptions {
  readonly log: Logger;
  /** Whether the text, and a reason that may quote it, are shown. */
  readonly logDocuments: boolean;
  readonly count: (letter: DeadLetter) => void;
  /** Where they go; nowhere if undefined. */
  readonly next: KafkaDeadLetters | undefined;
  readonly now?: () => number;
}

/** Takes dead letters: counts them, tells of the first in the log, and hands them on. */
export function takeLetters({ next, count, ...options }: TakeLettersOptions): KafkaDeadLetters {
  const tell = letterLog(options);
  const take = (letter: DeadLetter): ReturnType<KafkaDeadLetters> => {
    count(letter);
    tell(letter);
    return next?.(letter);
  };
  return Object.assign(take, { close: async () => next?.close?.() });
}

function letterLog({
  log,
  logDocuments,
  now = () => performance.now(),
}: Pick<TakeLettersOptions, 'log' | 'logDocuments' | 'now'>): (letter: DeadLetter) => void {
  let periodEnd = Number.NEGATIVE_INFINITY;
  let shown = 0;
  let hidden = 0;
  return ({ document, reason }) => {
    if (now() >= periodEnd) {
      periodEnd = now() + PERIOD;
      shown = 0;
    }
    if (shown === SHOWN) {
      hidden++;
      return;
    }
    shown++;
    const text = logDocuments ? { err: errorFields(reason), text: document.text } : {};
    const also = hidden > 0 ? { notShown: hidden } : {};
    hidden = 0;
    log.warn({ code: reason.code, ...placeOf(document), ...text, ...also }, 'a dead letter');
  };
}

/** Where its record stands. Its identity is not shown, for it comes from the record as well. */
function placeOf(document: Document): Readonly<Record<string, unknown>> {
  if (!('kafka' in document) || typeof document.kafka !== 'object' || document.kafka === null) return {};
  const { topic, partition, offset }: Partial<KafkaRecord> = document.kafka;
  return { topic, partition, offset };
}
