import { type EngineBackend, loadBackend } from '../subtasks/backend.ts';
import { buildNetwork, type NamedWeights } from '../subtasks/network.ts';
import { type FitFacts, fitNetwork } from './fit-network.ts';
import { withVectors } from './initial-vectors.ts';
import { predict } from './predict.ts';
import type { Preparation } from './prepare.ts';
import { type FitSettings, type TrainOptions, usualEpochs } from './train-options.ts';

/** Lanes that are networks, trained. */
interface TrainedNetworks extends FitFacts {
  readonly weights: NamedWeights;
  /** What they say of the examples that were held back. */
  readonly scores: readonly Float32Array[];
  readonly backend: EngineBackend;
}

/** Fits the lanes that are networks; without any, no tensor library is loaded. */
export async function trainNetworks(
  { labels, network: config, vocabulary, vectors, training, heldBack }: Preparation,
  settings: FitSettings,
  { backend: prefer, onProgress, signal }: TrainOptions,
): Promise<TrainedNetworks> {
  if (config.lanes.length === 0) return { weights: new Map(), scores: [], backend: 'none', epochs: 0, bestEpoch: 0 };
  const tokens = training.reduce((sum, { ids }) => sum + Math.min(ids.length, config.maxLength), 0);
  const { epochs = usualEpochs(tokens) } = settings;
  const backend = await loadBackend({ prefer });
  const network = buildNetwork(backend, config);
  try {
    if (vectors) network.setWeights(withVectors(network.getWeights(), vectors, vocabulary, settings.seed));
    const facts = await fitNetwork(
      backend,
      network,
      { training, heldBack },
      { ...settings, epochs, labels, onProgress, signal },
    );
    return {
      ...facts,
      weights: network.getWeights(),
      scores: predict(backend, network, heldBack),
      backend: backend.name,
    };
  } finally {
    network.dispose();
  }
}
