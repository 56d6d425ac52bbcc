import type { Writable } from 'node:stream';
import { type MonoTypeOperatorFunction, Observable, pipe } from 'rxjs';
import type { Document } from '../document/document.ts';
import { mapDocuments } from '../document/map-documents.ts';
import { settle } from '../document/receipt.ts';
import { invalidArgument, LockstepError } from '../errors.ts';
import { StageSubscriber } from '../rx/stage-subscriber.ts';
import { LineWriter } from './line-writer.ts';

interface Formatted<D> {
  readonly document: D;
  readonly line: string;
}

/**
 * Writes a line a document. Emits each document, and acknowledges it, once the stream has taken its line; completes when
 * whoever reads the stream has left. It does not end the stream.
 *
 * @param stage its name, for messages
 * @param format the line, without its end; what it throws makes the document a dead letter
 */
export function writeLines<D extends Document>(
  stage: string,
  writable: Writable,
  format: (document: D) => string,
): MonoTypeOperatorFunction<D> {
  if (typeof writable?.write !== 'function' || typeof writable.on !== 'function')
    throw invalidArgument('writable', 'a writable stream', writable);
  return pipe(
    mapDocuments(stage, (document: D): Formatted<D> => ({ document, line: format(document) })),
    (source) =>
      new Observable((subscriber) => {
        const writer = new LineWriter<D>(writable, {
          written: (documents) => {
            for (const document of documents) {
              if (subscriber.closed) return;
              subscriber.next(document);
              settle(document);
            }
          },
          finished: () => subscriber.complete(),
          abandoned: () => subscriber.complete(),
          failed: (cause) =>
            subscriber.error(new LockstepError('SINK_FAILED', `${stage} cannot write: ${cause.message}`, { cause })),
        });
        subscriber.add(() => writer.close());
        source.subscribe(
          new StageSubscriber<Formatted<D>, D>(subscriber, {
            next: ({ document, line }) => writer.add(line, document),
            complete: () => writer.end(),
          }),
        );
      }),
  );
}
