import type { Tensor } from '@tensorflow/tfjs-core';
import type { layers as L, LayersModel, LayerVariable, SymbolicTensor } from '@tensorflow/tfjs-layers';
import { invalidArgument, LockstepError } from '../errors.ts';
import { attentionFeatures } from './attention.ts';
import type { Backend } from './backend.ts';
import { cnnFeatures } from './cnn.ts';
import { dpcnnFeatures } from './dpcnn.ts';
import { fcnFeatures } from './fcn.ts';
import { embeddingUniform, glorotUniform, type Initial, zeros } from './initial-weights.ts';
import type { LaneBuilder } from './lane-builder.ts';
import type { NetworkLane } from './lane-config.ts';
import { maskedEmbedding } from './layers/masked-embedding.ts';
import { seededDropout } from './layers/seeded-dropout.ts';
import { checkNetworkConfig, type NetworkConfig } from './network-config.ts';
import { rnnFeatures } from './rnn.ts';

export { packIds } from './pack-ids.ts';

/** A weight by its name, as files and threads exchange it: row-major. */
export interface NamedWeight {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

export type NamedWeights = ReadonlyMap<string, NamedWeight>;

/** The lanes of an ensemble as tfjs models over shared weights. */
export interface Network {
  readonly config: NetworkConfig;
  /** Ids `[batch, length]` (int32, see {@link packIds}) to one output a lane, in order, `[batch, labels]` each. */
  readonly trainable: LayersModel;
  /** One lane alone, by its name; the weights are those of `trainable`. */
  readonly lanes: ReadonlyMap<string, LayersModel>;
  /**
   * The weights, live, by names that stay: `embedding` (or `tech/embedding` where lanes have their own),
   * `tech/conv3/kernel`, `finance/lstm/recurrent`, `culture/hidden1/bias`, `tech/output/kernel`. Do not dispose them.
   */
  weights(): ReadonlyMap<string, Tensor>;
  /** A copy of the weights, as {@link Network.setWeights} takes them. */
  getWeights(): NamedWeights;
  /**
   * Overwrites all weights.
   *
   * @throws LockstepError `INVALID_ENSEMBLE` if a weight is missing, unknown, of the wrong shape or not finite; then none
   * was changed.
   */
  setWeights(weights: NamedWeights): void;
  /** Frees the weights. The network cannot be used afterwards. */
  dispose(): void;
}

/** Collects what the layers of a network declare. */
class Weights {
  readonly variables: Map<string, LayerVariable> = new Map();
  readonly #backend: Backend;
  readonly #seed: number;

  constructor(backend: Backend, seed: number) {
    this.#backend = backend;
    this.#seed = seed;
  }

  /** A layer's only weight bears the layer's name; of several each has its own behind it. */
  add(layerName: string, layer: L.Layer, initial: Readonly<Record<string, Initial>>): void {
    for (const variable of layer.weights) {
      const own = variable.originalName.slice(variable.originalName.lastIndexOf('/') + 1); // without tfjs' own prefix
      const name = layer.weights.length === 1 ? layerName : `${layerName}/${own}`;
      this.variables.set(name, variable);
      const shape = shapeOf(variable);
      this.write(variable, { shape, data: (initial[own] ?? zeros)(shape, `${this.#seed}/${name}`) });
    }
  }

  write(variable: LayerVariable, { shape, data }: NamedWeight): void {
    const { tf } = this.#backend;
    tf.tidy(() => {
      variable.write(tf.tensor(data, [...shape], 'float32'));
    });
  }
}

function shapeOf(variable: LayerVariable): readonly number[] {
  return variable.read().shape;
}

function checkWeights(variables: ReadonlyMap<string, LayerVariable>, weights: NamedWeights): void {
  const wrong = (message: string) => new LockstepError('INVALID_ENSEMBLE', message);
  for (const [name, variable] of variables) {
    const weight = weights.get(name);
    if (weight === undefined) throw wrong(`The weight "${name}" is missing`);
    const expected = shapeOf(variable).join(' × ');
    const got = weight.shape.join(' × ');
    if (expected !== got) throw wrong(`Expected the weight "${name}" to be ${expected}, got ${got}`);
    if (weight.data.length !== variable.read().size)
      throw wrong(`Expected the weight "${name}" to have ${variable.read().size} values, got ${weight.data.length}`);
    if (!weight.data.every(Number.isFinite)) throw wrong(`The weight "${name}" holds values that are not finite`);
  }
  for (const name of weights.keys())
    if (!variables.has(name))
      throw wrong(`The network has no weight "${name}"; it has ${[...variables.keys()].join(', ')}`);
}

function features(builder: LaneBuilder, lane: NetworkLane): SymbolicTensor {
  switch (lane.kind) {
    case 'cnn':
      return cnnFeatures(builder, lane);
    case 'dpcnn':
      return dpcnnFeatures(builder, lane);
    case 'rnn':
      return rnnFeatures(builder, lane);
    case 'fcn':
      return fcnFeatures(builder, lane);
    case 'attention':
      return attentionFeatures(builder, lane);
  }
}

/**
 * Builds the lanes of `config` with initial weights that its seed determines. What a document scores depends neither on
 * the batch it is in nor on how far it is padded.
 *
 * @throws LockstepError `INVALID_ARGUMENT`, naming the field, if the configuration is not one.
 */
export function buildNetwork(backend: Backend, config: NetworkConfig): Network {
  checkNetworkConfig(config);
  if (config.lanes.length === 0) throw invalidArgument('lanes', 'an array of at least one lane', config.lanes);
  const { layers } = backend;
  const { vocabularySize, embedding, seed = 0 } = config;
  const weights = new Weights(backend, seed);
  const ids = layers.input({ name: 'ids', shape: [null], dtype: 'int32' });

  const apply: LaneBuilder['apply'] = (name, layer, inputs, initial = {}) => {
    const output = layer.apply(inputs);
    if (!(output instanceof layers.SymbolicTensor)) throw new Error(`the layer "${name}" must have one output`);
    weights.add(name, layer, initial);
    return output;
  };
  const dropOut = (name: string, rate: number | undefined, values: SymbolicTensor) =>
    rate === undefined || rate === 0
      ? values
      : apply('', seededDropout(backend, { rate, seed: `${seed}/${name}` }), values);
  const embed = (prefix: string): SymbolicTensor => {
    const { dimensions, dropout } = embedding;
    const layer = maskedEmbedding(backend, { vocabularySize, dimensions });
    return dropOut(
      `${prefix}embedding-dropout`,
      dropout,
      apply(`${prefix}embedding`, layer, ids, { table: embeddingUniform }),
    );
  };
  const head = (lane: NetworkLane, inputs: SymbolicTensor): SymbolicTensor => {
    const { name, labels, exclusive = labels.length > 1 } = lane;
    const activation = exclusive ? 'softmax' : 'sigmoid';
    const layer = layers.layers.dense({
      units: labels.length,
      activation,
      kernelInitializer: 'zeros',
    });
    return apply(`${name}/output`, layer, dropOut(`${name}/dropout`, lane.dropout, inputs), { kernel: glorotUniform });
  };

  const shared = embedding.shared ? embed('') : undefined;
  const outputs = config.lanes.map((lane) => {
    const embedded = shared ?? embed(`${lane.name}/`);
    return { name: lane.name, output: head(lane, features({ backend, ids, embedded, apply }, lane)) };
  });
  const trainable = layers.model({ inputs: ids, outputs: outputs.map(({ output }) => output) });
  const lanes = new Map(outputs.map(({ name, output }) => [name, layers.model({ inputs: ids, outputs: output })]));

  return {
    config,
    trainable,
    lanes,
    weights: () => new Map([...weights.variables].map(([name, variable]) => [name, variable.read()])),
    getWeights: () =>
      new Map(
        [...weights.variables].map(([name, variable]) => [
          name,
          { shape: [...shapeOf(variable)], data: Float32Array.from(variable.read().dataSync()) },
        ]),
      ),
    setWeights(given) {
      checkWeights(weights.variables, given);
      for (const [name, variable] of weights.variables) {
        const weight = given.get(name);
        if (weight !== undefined) weights.write(variable, weight);
      }
    },
    dispose() {
      trainable.dispose(); // with every layer, and so the lanes
    },
  };
}
