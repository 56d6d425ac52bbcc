import type { ObservableInput } from 'rxjs';
import type { DeadLetter, Document } from './document.ts';

/** What takes dead letters; what it returns, if anything, is waited for before the document is acknowledged. */
// biome-ignore lint/suspicious/noConfusingVoidType: a handler that returns nothing is the usual case
export type DeadLetterHandler<D extends Document> = (letter: DeadLetter<D>) => ObservableInput<unknown> | void;
