import { invalidArgument } from '../errors.ts';
import { scriptOf } from '../language/script.ts';
import type { TokenizerConfig } from '../language/tokenizer.ts';
import type { LaneConfig, NgramsConfig } from '../subtasks/lane-config.ts';
import type { Row } from './rows.ts';

/** The language of the texts, which settles how they are cut and which lanes look at them. */
export type PresetName = 'zh' | 'en';

/** How much there is to learn from. */
export interface DataSize {
  readonly rows: number;
  /** In a text, in the mean. */
  readonly tokens: number;
}

/** All that depends on the language. */
export interface Preset {
  readonly tokenizer: TokenizerConfig;
  /** Of the vocabulary, at most; each id costs as many bytes as the embedding has dimensions. */
  readonly vocabularySize: number;
  /** Share of the embeddings' components that training leaves out. */
  readonly embeddingDropout: number;
  /**
   * The decomposition of a task with these labels.
   *
   * @param size of what is learned from; if that is not known, few and long texts
   */
  readonly lanes: (labels: readonly string[], size?: DataSize) => LaneConfig[];
}

/** N-grams that are kept for a label, at most: at 5 bytes each, a fifth of a megabyte. */
const SIZE = 40_000;
/**
 * A recurrence takes more time with every token, and of few texts it learns nothing that the other lanes do not know: so it reads texts that
 * are many, and short.
 */
const isForRecurrence = ({ rows, tokens }: DataSize): boolean => rows >= 20_000 && tokens <= 30;
/** Up to so many labels each has a lane of its own over n-grams; beyond, one lane is over all of them. */
const MOST_ONE_BY_ONE = 32;

const gru = (labels: readonly string[]): LaneConfig => ({
  kind: 'rnn',
  name: 'gru',
  labels,
  cell: 'gru',
  units: 80,
  bidirectional: true,
  pooling: 'max-mean',
  dropout: 0.5,
});

const PRESETS: Readonly<Record<PresetName, Preset>> = {
  zh: {
    // Without words: the lanes over n-grams know those, and what differs from them is worth more in the vote.
    tokenizer: { kind: 'characters', lowercase: true },
    vocabularySize: 8000,
    embeddingDropout: 0.3,
    lanes: (labels) =>
      distinct([
        ...oneByOne('', labels, { features: { characters: [1, 3], words: [1, 2], locale: 'zh' } }),
        { kind: 'dpcnn', name: 'dpcnn', labels, filters: 100, blocks: 3, dropout: 0.4 },
      ]),
  },
  en: {
    tokenizer: { kind: 'words', lowercase: true },
    vocabularySize: 15_000,
    embeddingDropout: 0.4,
    lanes: (labels, size) =>
      distinct([
        ...oneByOne('', labels, { features: { characters: [1, 4], words: [1, 2] }, minCount: 2 }),
        ...oneByOne('phrases', labels, {
          features: { characters: [3, 5], words: [1, 3], skips: 2, opening: 4, shapes: [1, 2] },
          weighting: 'none',
          minCount: 2,
        }),
        { kind: 'dpcnn', name: 'dpcnn', labels, filters: 100, blocks: 2, dropout: 0.5 },
        ...(size && isForRecurrence(size) ? [gru(labels)] : []),
      ]),
  },
};

/** So many texts tell which script is written. */
const SAMPLE = 200;

/**
 * The preset of that name, or the one for the script of most of the rows.
 *
 * @throws LockstepError `INVALID_ARGUMENT` if there is none of that name.
 */
export function presetOf(name: PresetName | undefined, rows: readonly Row[]): Preset {
  if (name === undefined) return PRESETS[isHan(rows) ? 'zh' : 'en'];
  if (name !== 'zh' && name !== 'en') throw invalidArgument('preset', "'zh' or 'en'", name);
  return PRESETS[name];
}

function isHan(rows: readonly Row[]): boolean {
  const texts = rows.slice(0, SAMPLE).map(({ text }) => text);
  return scriptOf(texts.join(' ')) === 'han';
}

/** A lane a label against the rest, named after it and `suffix`, or one over all labels if they are many. */
function oneByOne(
  suffix: string,
  labels: readonly string[],
  config: Omit<NgramsConfig, 'kind' | 'name' | 'labels'>,
): NgramsConfig[] {
  const named = (name: string, own: readonly string[]): NgramsConfig => ({
    kind: 'ngrams',
    name: suffix === '' ? name : `${name}-${suffix}`,
    labels: own,
    size: SIZE,
    ...config,
  });
  return labels.length > MOST_ONE_BY_ONE ? [named('ngrams', labels)] : labels.map((label) => named(label, [label]));
}

/** The lanes with names that differ, should a label be called as a lane is. */
function distinct(lanes: readonly LaneConfig[]): LaneConfig[] {
  const taken = new Set<string>();
  return lanes.map((lane) => {
    let { name } = lane;
    while (taken.has(name)) name += '-lane';
    taken.add(name);
    return { ...lane, name };
  });
}
