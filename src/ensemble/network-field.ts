import { checkNetworkConfig, type NetworkConfig } from '../subtasks/network-config.ts';
import { booleanOf, listOf, numberOf, objectOf, optional } from './fields.ts';
import { checking, networkLaneOf } from './lane-field.ts';

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
    lanes: listOf('network.lanes', fields.lanes, networkLaneOf),
    ...optional('network', fields, 'seed', numberOf),
  };
  checking('network', () => checkNetworkConfig(config));
  return config;
}
