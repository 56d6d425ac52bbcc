import type { LockstepError } from '../errors.ts';

/**
 * The key under which a document carries its {@link Receipt}. It is an enumerable symbol: `{ ...document, field }` keeps
 * it, `JSON.stringify` leaves it out.
 */
export const receipt: unique symbol = Symbol.for('rx-lockstep.receipt');

/** Something to label: a text, perhaps an identity, and any fields of yours. Stages add fields and change none. */
export interface Document {
  readonly text: string;
  readonly id?: string | number;
  readonly [receipt]?: Receipt | undefined;
}

/**
 * What a source hands out with a document and wants back. A document's life ends in exactly one of two ways: it is
 * acknowledged (labelled and passed on, or dropped on purpose), or it is rejected (a dead letter). Only the first call of
 * either counts; later ones do nothing.
 */
export interface Receipt {
  readonly settled: boolean;
  acknowledge(): void;
  /** Absent if nobody takes dead letters: then a stage that cannot go on with the document errors the stream. */
  reject?(letter: DeadLetter): void;
}

/** A document that could not be labelled, and why. */
export interface DeadLetter<D extends Document = Document> {
  readonly document: D;
  readonly reason: LockstepError;
}

/** A piece of a document's text: `text` as the vocabulary sees it (perhaps normalised), and where it stands. */
export interface Token {
  readonly text: string;
  /** Index into the document's text of the first UTF-16 code unit. */
  readonly start: number;
  /** Index of the code unit after the last. */
  readonly end: number;
}

/** What `tokenize` adds. */
export interface Tokenized {
  readonly tokens: readonly Token[];
}

/** What `encode` adds: one id a token, in the order of the tokens, and how many of them the vocabulary does not know. */
export interface Encoded {
  readonly ids: Int32Array;
  readonly unknown: number;
}
