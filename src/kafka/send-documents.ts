import { type MonoTypeOperatorFunction, Observable, type Subscriber } from 'rxjs';
import type { Document } from '../document/document.ts';
import { mapDocuments } from '../document/map-documents.ts';
import { reject, settle } from '../document/receipt.ts';
import { describe, LockstepError } from '../errors.ts';
import { StageSubscriber } from '../rx/stage-subscriber.ts';
import type { KafkaRecordToSend } from './client.ts';
import { isTooLarge } from './client-errors.ts';
import type { Dispatch, Outlet } from './outlet.ts';
import type { Message } from './verdict-message.ts';

/**
 * Sends a record a document. Emits each document, and acknowledges it, once its record is confirmed.
 *
 * @param stage its name, for messages
 * @param open makes the outlet of a subscription
 * @param messageOf what it throws makes the document a dead letter
 */
export function sendDocuments<D extends Document>(
  stage: string,
  open: () => Outlet,
  messageOf: (document: D) => Message,
): MonoTypeOperatorFunction<D> {
  return (source) =>
    new Observable((subscriber) => {
      const outlet = open();
      subscriber.add(() => void outlet.close());
      const sending = new Sending<D>(stage, subscriber);
      const dispatches = mapDocuments(stage, (document: D) => new Consignment(document, messageOf(document), sending));
      dispatches(source).subscribe(
        new StageSubscriber<Consignment<D>, D>(subscriber, {
          next: (dispatch) => {
            sending.began();
            outlet.send(dispatch);
          },
          complete: () => sending.sourceEnded(),
        }),
      );
    });
}

/** A document whose record is under way. A class, for it is made once a document: its methods are not. */
class Consignment<D extends Document> implements Dispatch {
  readonly document: D;
  readonly topic: string;
  readonly record: KafkaRecordToSend;
  readonly #sending: Sending<D>;

  constructor(document: D, { topic, record }: Message, sending: Sending<D>) {
    this.document = document;
    this.topic = topic;
    this.record = record;
    this.#sending = sending;
  }

  confirmed(): void {
    this.#sending.confirmed(this.document);
  }

  failed(cause: unknown): void {
    this.#sending.failed(this, cause);
  }

  superseded(): void {
    this.#sending.superseded(this.document);
  }
}

/** What a subscription has under way. */
class Sending<D extends Document> {
  readonly #stage: string;
  readonly #subscriber: Subscriber<D>;
  #pending = 0;
  #ended = false;

  constructor(stage: string, subscriber: Subscriber<D>) {
    this.#stage = stage;
    this.#subscriber = subscriber;
  }

  began(): void {
    this.#pending++;
  }

  sourceEnded(): void {
    this.#ended = true;
    if (this.#pending === 0) this.#subscriber.complete();
  }

  confirmed(document: D): void {
    if (this.#subscriber.closed) return;
    this.#subscriber.next(document);
    settle(document);
    this.#done();
  }

  /** It has come again, and is somebody else's: here only its credit is given back. */
  superseded(document: D): void {
    if (this.#subscriber.closed) return;
    settle(document);
    this.#done();
  }

  failed({ document, topic }: Consignment<D>, cause: unknown): void {
    if (this.#subscriber.closed) return;
    const reason = this.#reason(document, topic, cause);
    if (concernsOneDocument(cause) && reject(document, reason)) this.#done();
    else this.#subscriber.error(reason);
  }

  #done(): void {
    this.#pending--;
    if (this.#ended && this.#pending === 0) this.#subscriber.complete();
  }

  #reason({ id }: D, topic: string, cause: unknown): LockstepError {
    if (cause instanceof LockstepError) return cause;
    const which = id === undefined ? 'a document' : `document ${id}`;
    const why = cause instanceof Error ? cause.message : describe(cause);
    return new LockstepError('SINK_FAILED', `${this.#stage} cannot send ${which} to ${topic}: ${why}`, { cause });
  }
}

/** Whether the others can go on. */
function concernsOneDocument(cause: unknown): boolean {
  return isTooLarge(cause) || (cause instanceof LockstepError && cause.code === 'INVALID_DOCUMENT');
}
