import { filter, map, type OperatorFunction, pipe } from 'rxjs';
import { describe, LockstepError } from '../errors.ts';
import type { Document } from './document.ts';
import { reject } from './receipt.ts';

const REJECTED = Symbol('rejected');

/**
 * What every stage is that makes something of each document by itself: if it throws, that document is a dead letter and the
 * others go on; with nobody to take dead letters the stream errors.
 *
 * @param stage its name, for the message
 */
export function mapDocuments<D extends Document, R>(
  stage: string,
  project: (document: D) => R,
): OperatorFunction<D, R> {
  return pipe(
    map((document: D): R | typeof REJECTED => {
      try {
        checkText(document);
        return project(document);
      } catch (error) {
        const reason = asReason(stage, document, error);
        if (reject(document, reason)) return REJECTED;
        throw reason;
      }
    }),
    filter((result): result is Exclude<typeof result, typeof REJECTED> => result !== REJECTED),
  );
}

/** The reason for a document that lacks a field which a stage needs. */
export function invalidDocument(field: string, got: unknown): LockstepError {
  return new LockstepError('INVALID_DOCUMENT', `Expected a document with \`${field}\`, got ${describe(got)}`);
}

function checkText(document: Document): void {
  if (typeof document?.text !== 'string') throw invalidDocument('text', document?.text);
}

function asReason(stage: string, document: Document, error: unknown): LockstepError {
  if (error instanceof LockstepError) return error;
  const which = document.id === undefined ? 'a document' : `document ${document.id}`;
  return new LockstepError('STAGE_FAILED', `${stage} failed for ${which}: ${describeError(error)}`, { cause: error });
}

function describeError(error: unknown): string {
  return error instanceof Error ? error.message : describe(error);
}
