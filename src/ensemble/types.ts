import type { Document, Encoded } from '../document/document.ts';
import type { VoteRule } from '../integrate/vote-rule.ts';
import type { VoteWeights } from '../integrate/weighted-vote.ts';
import type { Tokenizer, TokenizerConfig } from '../language/tokenizer.ts';
import type { Vocabulary } from '../language/vocabulary.ts';
import type { Subtask } from '../subtasks/subtask.ts';

/** Trained subtasks with all that a pipeline needs to use them. */
export interface Ensemble extends Required<VoteWeights>, Pick<VoteRule, 'boosted'> {
  readonly name: string;
  readonly labels: readonly string[];
  /** Names of the labels for people, where they differ: `{ tech: '科技' }`. */
  readonly displayNames: Readonly<Record<string, string>>;
  readonly tokenizer: Tokenizer;
  readonly tokenizerConfig: TokenizerConfig;
  readonly vocabulary: Vocabulary;
  readonly subtasks: readonly Subtask<Document & Encoded>[];
  /** Which tensor backend runs the subtasks: `'native'`, `'wasm'` or `'cpu'`; `'none'` if none needs tensors. */
  readonly backend: string;
  /** Frees the models and the thread they run in. The ensemble cannot be used afterwards. */
  close(): Promise<void>;
}
