import type { LoadModel } from '../../cli/models.ts';
import type { Ensemble } from '../../src/ensemble/types.ts';
import { characters, words } from '../../src/language/tokenizers.ts';
import { Vocabulary } from '../../src/language/vocabulary.ts';
import { subtask } from '../../src/subtasks/subtask.ts';

/** Labels a text by the first keyword in it: one lane a label, which is sure of its keyword. */
export function fakeModel(
  name: string,
  keywords: Readonly<Record<string, string>>,
  delay?: () => Promise<void>,
): Ensemble {
  const labels = Object.keys(keywords);
  const vocabulary = new Vocabulary(Object.values(keywords));
  const isChinese = name.startsWith('zh');
  return {
    name,
    labels,
    displayNames: {},
    tokenizer: isChinese ? characters() : words(),
    tokenizerConfig: { kind: isChinese ? 'characters' : 'words' },
    vocabulary,
    subtasks: labels.map((label) => {
      const id = vocabulary.id(keywords[label] ?? '');
      return subtask(label, [label], async (documents) => {
        await delay?.();
        return documents.map(({ ids }) => (ids.includes(id) ? 0.9 : 0.1));
      });
    }),
    weights: Object.fromEntries(labels.map((label) => [label, 1])),
    bias: Object.fromEntries(labels.map((label) => [label, 0])),
    backend: 'none',
    close: async () => {},
  };
}

/** Fake `zh-topics` and `en-news`, and which of them were loaded. */
export function fakeModels(delay?: () => Promise<void>): {
  readonly load: LoadModel;
  readonly loaded: string[];
  readonly closed: string[];
} {
  const loaded: string[] = [];
  const closed: string[] = [];
  return {
    loaded,
    closed,
    load: async (name) => {
      await new Promise((resolve) => setImmediate(resolve));
      loaded.push(name);
      const keywords = name === 'zh-topics' ? { tech: '技', finance: '经' } : { sports: 'cup', business: 'oil' };
      return { ...fakeModel(name, keywords, delay), close: async () => void closed.push(name) };
    },
  };
}
