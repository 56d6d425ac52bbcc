import { type Backend, type EngineBackend, loadBackend } from '../subtasks/backend.ts';
import { buildNetwork, type NamedWeights } from '../subtasks/network.ts';
import type { Checkpoint } from './checkpoint.ts';
import { type FitFacts, type FitOptions, fitNetwork, type NetworkProgress } from './fit-network.ts';
import { withVectors } from './initial-vectors.ts';
import { predict } from './predict.ts';
import type { Part, Preparation } from './prepare.ts';
import { type FitSettings, type TrainOptions, usualEpochs } from './train-options.ts';

/** Lanes that are networks, trained. */
interface TrainedNetworks extends FitFacts {
  readonly weights: NamedWeights;
  /** What the kept lanes learned from. */
  readonly part: Part;
  /** For each trial what its lanes say of the examples that it held back. */
  readonly scores: readonly (readonly Float32Array[])[];
  readonly backend: EngineBackend;
}

/** What came of fitting a network to a part of the rows. */
interface Run extends FitFacts {
  readonly weights: NamedWeights;
  readonly scores: readonly Float32Array[];
}

/**
 * Fits the lanes that are networks in every trial and, where that is more, to all rows; without any, no tensor library is loaded. If aborted,
 * no trial is begun any more, and the lanes of the first are kept.
 */
export async function trainNetworks(
  { labels, networks, trials, all, part }: Preparation,
  settings: FitSettings,
  { backend: prefer, onProgress, signal }: TrainOptions,
  checkpoint: Checkpoint,
): Promise<TrainedNetworks> {
  if (networks.length === 0) {
    const kept = part({ training: all ?? trials[0]?.training ?? [], heldBack: [] });
    return { weights: new Map(), part: kept, scores: trials.map(() => []), backend: 'none', epochs: 0, bestEpoch: 0 };
  }
  const backend = await loadBackend({ prefer });
  const runs = trials.length + (all ? 1 : 0);
  const clock = new Remaining(runs);
  const run = async (index: number, own: Part): Promise<Run> => {
    const tell = (progress: NetworkProgress): void => {
      const done = index + progress.done;
      const secondsLeft = clock.secondsLeft(done);
      onProgress?.({ ...progress, stage: 'networks', run: index + 1, runs, done: done / runs, secondsLeft });
    };
    const fit = () =>
      fitPart(backend, own, settings, { labels, stopEarly: all === undefined, onProgress: tell, signal });
    const { value, isKept } = await checkpoint.once(
      `networks-${backend.name}-${index + 1}`,
      fit,
      () => !signal?.aborted,
    );
    if (isKept) clock.skip();
    return value;
  };
  const tried: Run[] = [];
  for (const [index, split] of trials.entries()) {
    if (index > 0 && signal?.aborted) break;
    tried.push(await run(index, part(split)));
  }
  const [first] = trials;
  const [trial] = tried;
  if (first === undefined || trial === undefined) throw new Error('there must be a trial');
  const whole = all && part({ training: all, heldBack: [] });
  const last = whole && !signal?.aborted ? await run(trials.length, whole) : undefined;
  // What was cut short is worth less than what has seen a part of the rows only.
  const [kept, learned] = last && whole && !signal?.aborted ? [last, whole] : [trial, part(first)];
  const { weights, epochs, bestEpoch } = kept;
  return {
    weights,
    epochs,
    bestEpoch,
    part: learned,
    scores: tried.map(({ scores }) => scores),
    backend: backend.name,
  };
}

/** Estimates the time that is left, from the runs that took any. */
class Remaining {
  readonly #runs: number;
  readonly #started = performance.now();
  #skipped = 0;

  constructor(runs: number) {
    this.#runs = runs;
  }

  /** A run was done before. */
  skip(): void {
    this.#skipped += 1;
  }

  /** @param done in runs */
  secondsLeft(done: number): number {
    return ((performance.now() - this.#started) / 1000) * ((this.#runs - done) / (done - this.#skipped));
  }
}

async function fitPart(
  backend: Backend,
  { training, heldBack, network: config, vectors, vocabulary }: Part,
  settings: FitSettings,
  options: Pick<FitOptions, 'labels' | 'stopEarly' | 'onProgress' | 'signal'>,
): Promise<Run> {
  const tokens = training.reduce((sum, { ids }) => sum + Math.min(ids.length, config.maxLength), 0);
  const { epochs = usualEpochs(training.length, tokens) } = settings;
  const network = buildNetwork(backend, config);
  try {
    if (vectors) network.setWeights(withVectors(network.getWeights(), vectors, vocabulary, settings.seed));
    const facts = await fitNetwork(backend, network, { training, heldBack }, { ...settings, ...options, epochs });
    return { ...facts, weights: network.getWeights(), scores: predict(backend, network, heldBack) };
  } finally {
    network.dispose();
  }
}
