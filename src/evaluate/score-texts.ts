import { firstValueFrom } from 'rxjs';
import type { Document, Encoded, Token, Tokenized } from '../document/document.ts';
import type { Ensemble } from '../ensemble/types.ts';
import { Panel } from '../lanes/ballot.ts';
import { layoutOf } from '../lanes/layout.ts';
import { runSubtask } from '../lanes/run-subtask.ts';
import { UNKNOWN } from '../language/vocabulary.ts';
import type { Subtask } from '../subtasks/subtask.ts';

/** What subtasks see of a text: all that a pipeline would show them. */
export type Scored = Document & Tokenized & Encoded;

/** What it takes to score texts. */
export interface Scoring extends Pick<Ensemble, 'tokenizer' | 'vocabulary'> {
  readonly subtasks: readonly Subtask<Scored>[];
}

const BATCH = 256;

/**
 * What all lanes say about all texts, without a clock: batch by batch, all lanes of a batch at once.
 *
 * @throws LockstepError `SUBTASK_FAILED` or `INVALID_SCORES` if a subtask does not answer as it should.
 */
export async function scoreTexts(ensemble: Scoring, texts: readonly string[]): Promise<Panel> {
  return scoreDocuments(
    ensemble.subtasks,
    texts.map((text) => encoded(ensemble, text, ensemble.tokenizer(text))),
  );
}

/** A text with its tokens and their ids. */
export function encoded({ vocabulary }: Pick<Scoring, 'vocabulary'>, text: string, tokens: readonly Token[]): Scored {
  const ids = Int32Array.from(tokens, (token) => vocabulary.id(token.text));
  return { text, tokens, ids, unknown: ids.filter((id) => id === UNKNOWN).length };
}

/** What all lanes say about documents; see {@link scoreTexts}. */
export async function scoreDocuments(
  subtasks: readonly Subtask<Scored>[],
  documents: readonly Scored[],
): Promise<Panel> {
  const layout = layoutOf(subtasks);
  const answers = subtasks.map(({ labels }) => new Float32Array(documents.length * labels.length));
  // Texts of like length share a batch, so that little is padded.
  const order = Array.from(documents.keys()).sort((a, b) => lengthAt(documents, a) - lengthAt(documents, b));
  for (let start = 0; start < order.length; start += BATCH) {
    const places = order.slice(start, start + BATCH);
    const batch = places.flatMap((place) => documents[place] ?? []);
    const said = await Promise.all(subtasks.map((subtask) => firstValueFrom(runSubtask(subtask, batch, false))));
    for (const [lane, { columns }] of layout.lanes.entries())
      for (const [row, place] of places.entries()) {
        const scores = said[lane]?.subarray(row * columns.length, (row + 1) * columns.length) ?? [];
        answers[lane]?.set(scores, place * columns.length);
      }
  }
  return new Panel(layout, answers);
}

function lengthAt(documents: readonly Encoded[], place: number): number {
  return documents[place]?.ids.length ?? 0;
}
