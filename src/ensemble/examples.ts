import type { Document, Encoded } from '../document/document.ts';
import { UNKNOWN, type Vocabulary } from '../language/vocabulary.ts';
import type { Row } from './rows.ts';

/** A row as the lanes see it. */
export interface Example extends Document, Encoded {
  /** The index of its label. */
  readonly label: number;
}

/** Encodes rows whose tokens are known. Every label must be one of `labels`. */
export function examplesOf(
  rows: readonly Row[],
  tokens: readonly (readonly string[])[],
  vocabulary: Vocabulary,
  labels: readonly string[],
): Example[] {
  const index = new Map(labels.map((label, position) => [label, position]));
  return rows.map(({ label, text }, row) => {
    const ids = Int32Array.from(tokens[row] ?? [], (token) => vocabulary.id(token));
    return { text, ids, unknown: ids.filter((id) => id === UNKNOWN).length, label: index.get(label) ?? -1 };
  });
}
