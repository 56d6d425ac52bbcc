import type { Document, Ensemble } from 'rx-lockstep';

const BATCH = 64;

/**
 * What the models take by themselves: texts to tokens to scores, batch by batch, and no votes. Two batches at a time, as the chain has
 * by default: the next one is made ready while one is with the models.
 */
export async function bareModel(
  { tokenizer, vocabulary, subtasks }: Ensemble,
  documents: readonly Document[],
): Promise<void> {
  const { signal } = new AbortController();
  const ask = async (batch: readonly Document[]): Promise<void> => {
    const encoded = batch.map(({ text }) => {
      const ids = Int32Array.from(tokenizer(text), (token) => vocabulary.id(token.text));
      return { text, ids, unknown: 0 };
    });
    await Promise.all(subtasks.map((subtask) => subtask.score(encoded, signal)));
  };
  let pending: Promise<void> = Promise.resolve();
  for (let start = 0; start < documents.length; start += BATCH) {
    const next = ask(documents.slice(start, start + BATCH));
    await pending;
    pending = next;
  }
  await pending;
}
