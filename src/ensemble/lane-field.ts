import { LockstepError } from '../errors.ts';
import { checkLanes, type NetworkLane, type NgramsConfig } from '../subtasks/lane-config.ts';
import type { NgramFeatures, Sizes } from '../subtasks/ngrams/ngram-features.ts';
import { booleanOf, type Fields, listOf, numberOf, objectOf, optional, textOf, wrong } from './fields.ts';

/** Reads the configuration of a lane that is a network. */
export function networkLaneOf(at: string, value: unknown): NetworkLane {
  const fields = objectOf(at, value);
  const common = { ...commonOf(at, fields), ...optional(at, fields, 'dropout', numberOf) };
  switch (fields.kind) {
    case 'cnn':
      return {
        kind: 'cnn',
        ...common,
        widths: listOf(`${at}.widths`, fields.widths, numberOf),
        filters: numberOf(`${at}.filters`, fields.filters),
      };
    case 'dpcnn':
      return {
        kind: 'dpcnn',
        ...common,
        filters: numberOf(`${at}.filters`, fields.filters),
        blocks: numberOf(`${at}.blocks`, fields.blocks),
      };
    case 'rnn':
      return {
        kind: 'rnn',
        ...common,
        cell: choiceOf(`${at}.cell`, fields.cell, 'lstm', 'gru'),
        units: numberOf(`${at}.units`, fields.units),
        ...optional(at, fields, 'bidirectional', booleanOf),
        ...optional(at, fields, 'pooling', (where, given) => choiceOf(where, given, 'last', 'max-mean')),
      };
    case 'fcn':
      return {
        kind: 'fcn',
        ...common,
        hidden: listOf(`${at}.hidden`, fields.hidden, numberOf),
        pooling: choiceOf(`${at}.pooling`, fields.pooling, 'mean', 'max'),
      };
    case 'attention':
      return {
        kind: 'attention',
        ...common,
        heads: numberOf(`${at}.heads`, fields.heads),
        units: numberOf(`${at}.units`, fields.units),
      };
    default:
      throw wrong(`${at}.kind`, "'cnn', 'dpcnn', 'rnn', 'fcn' or 'attention'", fields.kind);
  }
}

function choiceOf<A extends string, B extends string>(at: string, value: unknown, a: A, b: B): A | B {
  if (value === a) return a;
  if (value === b) return b;
  throw wrong(at, `'${a}' or '${b}'`, value);
}

/**
 * Reads the configurations of lanes over n-grams.
 *
 * @throws LockstepError `INVALID_ENSEMBLE`, naming the field, if they are none.
 */
export function ngramsOf(value: unknown): NgramsConfig[] {
  const lanes = listOf('ngrams', value, (at, item): NgramsConfig => {
    const fields = objectOf(at, item);
    if (fields.kind !== 'ngrams') throw wrong(`${at}.kind`, "'ngrams'", fields.kind);
    return {
      kind: 'ngrams',
      ...commonOf(at, fields),
      features: featuresOf(`${at}.features`, fields.features),
      ...optional(at, fields, 'weighting', (where, given) => choiceOf(where, given, 'naive-bayes', 'none')),
      ...optional(at, fields, 'minCount', numberOf),
      ...optional(at, fields, 'cost', numberOf),
      ...optional(at, fields, 'size', numberOf),
    };
  });
  checking('ngrams', () => checkLanes(lanes, Number.POSITIVE_INFINITY));
  return lanes;
}

function featuresOf(at: string, value: unknown): NgramFeatures {
  const fields = objectOf(at, value);
  return {
    ...optional(at, fields, 'characters', sizesOf),
    ...optional(at, fields, 'words', sizesOf),
    ...optional(at, fields, 'skips', numberOf),
    ...optional(at, fields, 'opening', numberOf),
    ...optional(at, fields, 'shapes', sizesOf),
    ...optional(at, fields, 'locale', textOf),
    ...optional(at, fields, 'hashBits', numberOf),
  };
}

function sizesOf(at: string, value: unknown): Sizes {
  const [from = 0, to = 0, ...more] = listOf(at, value, numberOf);
  if (more.length > 0) throw wrong(at, 'two numbers', value);
  return [from, to];
}

function commonOf(at: string, fields: Fields): Pick<NgramsConfig, 'name' | 'labels' | 'exclusive'> {
  return {
    name: textOf(`${at}.name`, fields.name),
    labels: listOf(`${at}.labels`, fields.labels, textOf),
    ...optional(at, fields, 'exclusive', booleanOf),
  };
}

/** Checks what was read: errors then blame the file. */
export function checking(at: string, check: () => void): void {
  try {
    check();
  } catch (cause) {
    throw new LockstepError('INVALID_ENSEMBLE', `${at}: ${cause instanceof Error ? cause.message : ''}`, { cause });
  }
}
