import { setTimeout as sleep } from 'node:timers/promises';
import { type Classifier, type Document, type Subtask, subtask, Vocabulary } from 'rx-lockstep';
import { freeSubtask } from '../free-subtask.ts';

/** What a model costs, in milliseconds. */
export interface Cost {
  readonly perBatch: number;
  readonly perDocument: number;
  /** Whether it computes in this thread, or somewhere else where it takes one batch after another while this thread is free. */
  readonly where: 'here' | 'elsewhere';
}

/** What it answers for a text of an even length, and of an odd one. */
export const PARITIES = ['even', 'odd'] as const;

/** A model so trivial that every framework can have it: is the text's length even or odd? It takes the time that it is told to. */
export function parity({ perBatch, perDocument, where }: Cost): (documents: readonly Document[]) => Parities {
  let freeAt = 0;
  return (documents) => {
    const cost = perBatch + perDocument * documents.length;
    const scores = scoresOf(documents);
    const now = performance.now();
    if (where === 'here') {
      while (performance.now() < now + cost);
      return scores;
    }
    freeAt = Math.max(now, freeAt) + cost;
    return sleep(freeAt - now, scores);
  };
}

type Parities = Float32Array | Promise<Float32Array>;

/** {@link parity} as a whole ensemble. */
export function parityClassifier(cost: Cost): Classifier {
  return classifierOf([subtask('parity', PARITIES, parity(cost))]);
}

/** What costs nothing, and that says so in two lanes: what is left is what everything around the models costs. */
export const free: Classifier = classifierOf([freeSubtask('tech'), freeSubtask('finance', 0.2)]);

/** Subtasks of documents that need no tokens. */
function classifierOf(subtasks: readonly Subtask<Document>[]): Classifier {
  return { tokenizer: () => [], vocabulary: new Vocabulary([]), weights: {}, bias: {}, subtasks };
}

function scoresOf(documents: readonly Document[]): Float32Array {
  const scores = new Float32Array(2 * documents.length);
  for (const [row, { text }] of documents.entries()) scores[2 * row + (text.length % 2)] = 1;
  return scores;
}
