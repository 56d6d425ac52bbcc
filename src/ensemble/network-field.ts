import { LockstepError } from '../errors.ts';
import { checkNetworkConfig, type LaneConfig, type NetworkConfig } from '../subtasks/network-config.ts';
import { booleanOf, listOf, numberOf, objectOf, optional, textOf, wrong } from './fields.ts';

/**
 * Reads the configuration of a network from JSON.
 *
 * @throws LockstepError `INVALID_ENSEMBLE`, naming the field, if no network can be built of it.
 */
export function networkOf(value: unknown): NetworkConfig {
  const fields = objectOf('network', value);
  const embedding = objectOf('network.embedding', fields.embedding);
  const config: NetworkConfig = {
    vocabularySize: numberOf('network.vocabularySize', fields.vocabularySize),
    embedding: {
      dimensions: numberOf('network.embedding.dimensions', embedding.dimensions),
      shared: booleanOf('network.embedding.shared', embedding.shared),
      ...optional('network.embedding', embedding, 'dropout', numberOf),
    },
    maxLength: numberOf('network.maxLength', fields.maxLength),
    lanes: listOf('network.lanes', fields.lanes, laneOf),
    ...optional('network', fields, 'seed', numberOf),
  };
  try {
    checkNetworkConfig(config);
  } catch (cause) {
    throw new LockstepError('INVALID_ENSEMBLE', `network: ${cause instanceof Error ? cause.message : ''}`, { cause });
  }
  return config;
}

function laneOf(at: string, value: unknown): LaneConfig {
  const fields = objectOf(at, value);
  const common = {
    name: textOf(`${at}.name`, fields.name),
    labels: listOf(`${at}.labels`, fields.labels, textOf),
    ...optional(at, fields, 'exclusive', booleanOf),
    ...optional(at, fields, 'dropout', numberOf),
  };
  switch (fields.kind) {
    case 'cnn':
      return {
        kind: 'cnn',
        ...common,
        widths: listOf(`${at}.widths`, fields.widths, numberOf),
        filters: numberOf(`${at}.filters`, fields.filters),
      };
    case 'rnn':
      return {
        kind: 'rnn',
        ...common,
        cell: choiceOf(`${at}.cell`, fields.cell, 'lstm', 'gru'),
        units: numberOf(`${at}.units`, fields.units),
        ...optional(at, fields, 'bidirectional', booleanOf),
      };
    case 'fcn':
      return {
        kind: 'fcn',
        ...common,
        hidden: listOf(`${at}.hidden`, fields.hidden, numberOf),
        pooling: choiceOf(`${at}.pooling`, fields.pooling, 'mean', 'max'),
      };
    default:
      throw wrong(`${at}.kind`, "'cnn', 'rnn' or 'fcn'", fields.kind);
  }
}

function choiceOf<A extends string, B extends string>(at: string, value: unknown, a: A, b: B): A | B {
  if (value === a) return a;
  if (value === b) return b;
  throw wrong(at, `'${a}' or '${b}'`, value);
}
