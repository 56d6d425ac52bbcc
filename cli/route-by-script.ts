import { defer, type MonoTypeOperatorFunction, Observable, type OperatorFunction, pipe } from 'rxjs';
import { type RouteOptions, route } from '../operators/route.ts';
import type { Document } from '../src/document/document.ts';
import { extend } from '../src/document/extend.ts';
import { mapDocuments } from '../src/document/map-documents.ts';
import type { Ensemble } from '../src/ensemble/types.ts';
import { describe, LockstepError } from '../src/errors.ts';
import { type Script, scriptOf } from '../src/language/script.ts';
import { Fifo } from '../src/rx/fifo.ts';
import { StageSubscriber } from '../src/rx/stage-subscriber.ts';
import type { Models } from './models.ts';

/** A document whose script is known. */
export interface Scripted {
  readonly script: Script;
}

/** Sends each document through the pipeline of the model for its script. A text in a script for which there is no model is a dead letter. */
export function routeByScript<D extends Document, R extends Document>(
  models: Models,
  pipeline: (ensemble: Ensemble) => OperatorFunction<D & Scripted, R>,
  options?: RouteOptions,
): OperatorFunction<D, R> {
  const way =
    (script: Script): OperatorFunction<D & Scripted, R> =>
    (documents) =>
      defer(() => {
        const ensemble = models.get(script);
        if (!ensemble) throw new Error(`the model for ${script} script is not loaded`);
        return documents.pipe(pipeline(ensemble));
      });
  return pipe(
    mapDocuments('route', (document: D) => extend(document, { script: knownScript(models, document.text) })),
    whenLoaded(models),
    route(({ script }) => script, { han: way('han'), latin: way('latin') }, options),
  );
}

/**
 * Lets each document through once the model for it is loaded; the ones behind it wait, in order. They are as many as the source has
 * credit for.
 */
function whenLoaded<D extends Scripted>(models: Models): MonoTypeOperatorFunction<D> {
  return (source) =>
    new Observable((subscriber) => {
      const waiting = new Fifo<D>();
      let busy = false;
      let completed = false;
      const drain = (): void => {
        busy = true;
        for (let first = waiting.first; first; first = waiting.first) {
          if (!models.get(first.script)) {
            models.load(first.script).then(drain, (error) => subscriber.error(error));
            return;
          }
          waiting.take(1);
          subscriber.next(first);
        }
        busy = false;
        if (completed) subscriber.complete();
      };
      source.subscribe(
        new StageSubscriber<D, D>(subscriber, {
          next: (document) => {
            waiting.push(document);
            if (!busy) drain();
          },
          complete: () => {
            completed = true;
            if (!busy) subscriber.complete();
          },
        }),
      );
    });
}

/** @throws LockstepError `INVALID_DOCUMENT` if there is no model for the script of a text */
export function knownScript(models: Models, text: string): Script {
  const script = scriptOf(text);
  if (models.knows(script)) return script;
  const expected = 'Expected a text in Han or Latin script, for which there are models (name another with --model)';
  throw new LockstepError('INVALID_DOCUMENT', `${expected}, got ${describe(text)}`);
}
