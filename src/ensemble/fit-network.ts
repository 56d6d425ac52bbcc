import type { Tensor } from '@tensorflow/tfjs-core';
import { LockstepError } from '../errors.ts';
import type { Backend } from '../subtasks/backend.ts';
import type { NetworkLane } from '../subtasks/lane-config.ts';
import { type NamedWeights, type Network, packIds } from '../subtasks/network.ts';
import { minLengthOf } from '../subtasks/network-config.ts';
import { seededRandom } from '../subtasks/random.ts';
import type { Example } from './examples.ts';
import { pooled, qualityOf, sampleOf, uniformVote } from './pooled.ts';
import { predict } from './predict.ts';
import { shuffle } from './split.ts';

/** How a network is fitted to examples. */
export interface FitOptions {
  readonly labels: readonly string[];
  readonly epochs: number;
  readonly batchSize: number;
  readonly learningRate: number;
  /** Whether the examples held back choose the epoch that is kept, and end the fitting if it goes no better for `patience` epochs. */
  readonly stopEarly: boolean;
  readonly patience: number;
  readonly seed: number;
  readonly onProgress?: ((progress: NetworkProgress) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** How far the fitting of a network is: plain data. */
export interface NetworkProgress {
  /** From 1. */
  readonly epoch: number;
  readonly epochs: number;
  /** The batch within the epoch, from 1. */
  readonly step: number;
  readonly steps: number;
  /** How much of all epochs is done, 0 to 1. It may end earlier. */
  readonly done: number;
  /** Mean over the lanes and over the epoch so far, in nats. */
  readonly loss: number;
  /** Of the uniform vote on the rows that are held back, 0 to 1, if there are any; once an epoch is over. */
  readonly accuracy: number | undefined;
}

/** How the fitting went. */
export interface FitFacts {
  readonly epochs: number;
  /** The epoch whose weights were kept, from 1; 0 if there was none. */
  readonly bestEpoch: number;
}

/** Batches are cut from groups of so many, within which documents are sorted by length. */
const GROUP = 32;
/** How often progress is told and the event loop gets its turn, in milliseconds. */
const BREATH = 100;

/**
 * Fits all lanes together to the training examples with Adam, the learning rate falling in a straight line to a tenth,
 * and leaves the weights of the last epoch or, to stop early, of that whose uniform vote was best on the examples held back.
 *
 * @throws LockstepError `INVALID_DATA` if the loss or a weight is not finite.
 */
export async function fitNetwork(
  backend: Backend,
  network: Network,
  examples: { readonly training: readonly Example[]; readonly heldBack: readonly Example[] },
  options: FitOptions,
): Promise<FitFacts> {
  const fitting = new Fitting(backend, network, examples, options);
  return fitting.run();
}

class Fitting {
  readonly #backend: Backend;
  readonly #network: Network;
  readonly #training: readonly Example[];
  readonly #heldBack: readonly Example[];
  readonly #options: FitOptions;
  readonly #steps: number;
  readonly #random: () => number;
  #lastBreath = 0;

  constructor(
    backend: Backend,
    network: Network,
    { training, heldBack }: { readonly training: readonly Example[]; readonly heldBack: readonly Example[] },
    options: FitOptions,
  ) {
    this.#backend = backend;
    this.#network = network;
    this.#training = training;
    this.#heldBack = heldBack;
    this.#options = options;
    this.#steps = Math.ceil(training.length / options.batchSize);
    this.#random = seededRandom(`${options.seed}/order`);
  }

  async run(): Promise<FitFacts> {
    const { epochs, stopEarly, patience, signal } = this.#options;
    const optimizer = fallingAdam(this.#backend, this.#options.learningRate);
    this.#network.trainable.compile({ optimizer, loss: this.#network.config.lanes.map(lossOf) });
    let best: { readonly accuracy: number; readonly loss: number; readonly weights: NamedWeights } | undefined;
    let bestEpoch = 0;
    let epoch = 0;
    try {
      while (epoch < epochs && epoch - bestEpoch < patience && !signal?.aborted) {
        epoch++;
        const { loss, step } = await this.#epoch(epoch, (share) => optimizer.fall((epoch - 1 + share) / epochs));
        const weights = this.#network.getWeights();
        this.#checkFinite(weights, epoch);
        const score = this.#score();
        // An epoch that was cut short counts like any other.
        const isBetter =
          !best || score.accuracy > best.accuracy || (score.accuracy === best.accuracy && score.loss < best.loss);
        if (isBetter || !stopEarly) {
          best = { ...score, weights };
          bestEpoch = epoch;
        }
        this.#tell(epoch, step, loss, this.#heldBack.length > 0 ? score.accuracy : undefined);
      }
      if (best && bestEpoch < epoch) this.#network.setWeights(best.weights);
    } finally {
      optimizer.dispose();
    }
    return { epochs: epoch, bestEpoch };
  }

  /** Goes through the training examples once, or until aborted; gives the mean loss and the batches that there were. */
  async #epoch(epoch: number, onShare: (share: number) => void): Promise<{ loss: number; step: number }> {
    let sum = 0;
    let step = 0;
    for (const batch of this.#batches()) {
      onShare(step / this.#steps);
      sum += await this.#step(batch);
      step++;
      if (!Number.isFinite(sum)) throw this.#diverged(`The loss is not finite in epoch ${epoch}, step ${step}`);
      if (performance.now() - this.#lastBreath > BREATH) {
        this.#lastBreath = performance.now();
        this.#tell(epoch, step, sum / step, undefined);
        await new Promise((resolve) => setImmediate(resolve));
      }
      if (this.#options.signal?.aborted) break;
    }
    return { loss: sum / Math.max(step, 1), step };
  }

  /** A backend may hide weights that are not finite behind a loss that is. */
  #checkFinite(weights: NamedWeights, epoch: number): void {
    for (const [name, { data }] of weights)
      if (!data.every(Number.isFinite)) throw this.#diverged(`The weight "${name}" is not finite after epoch ${epoch}`);
  }

  #diverged(what: string): LockstepError {
    return new LockstepError('INVALID_DATA', `${what}: try a smaller learning rate than ${this.#options.learningRate}`);
  }

  async #step(batch: readonly Example[]): Promise<number> {
    const { tf } = this.#backend;
    const { config, trainable } = this.#network;
    const { data, rows, columns } = packIds(batch, config.maxLength, minLengthOf(config));
    const ids = tf.tensor2d(data, [rows, columns], 'int32');
    const targets = config.lanes.map((lane) => this.#targets(lane, batch));
    try {
      const losses = await trainable.trainOnBatch(ids, targets);
      const total = Array.isArray(losses) ? (losses[0] ?? Number.NaN) : losses;
      return total / config.lanes.length;
    } finally {
      tf.dispose([ids, ...targets]);
    }
  }

  #targets({ labels }: NetworkLane, batch: readonly Example[]): Tensor {
    const columns = labels.map((label) => this.#options.labels.indexOf(label));
    const values = new Float32Array(batch.length * labels.length);
    for (const [row, { label }] of batch.entries()) {
      const column = columns.indexOf(label);
      if (column >= 0) values[row * labels.length + column] = 1;
    }
    return this.#backend.tf.tensor2d(values, [batch.length, labels.length]);
  }

  *#batches(): Generator<readonly Example[]> {
    const { batchSize } = this.#options;
    const examples = [...this.#training];
    shuffle(examples, this.#random);
    for (let start = 0; start < examples.length; start += batchSize * GROUP) {
      const group = examples.slice(start, start + batchSize * GROUP).sort((a, b) => a.ids.length - b.ids.length);
      const batches = Array.from({ length: Math.ceil(group.length / batchSize) }, (_, i) =>
        group.slice(i * batchSize, (i + 1) * batchSize),
      );
      shuffle(batches, this.#random);
      yield* batches;
    }
  }

  #score(): { readonly accuracy: number; readonly loss: number } {
    if (this.#heldBack.length === 0) return { accuracy: 0, loss: 0 };
    const scores = predict(this.#backend, this.#network, this.#heldBack);
    const sample = sampleOf(this.#network.config.lanes, scores, this.#heldBack, this.#options.labels);
    return qualityOf(sample, pooled(sample, uniformVote(sample)));
  }

  #tell(epoch: number, step: number, loss: number, accuracy: number | undefined): void {
    const { epochs, onProgress } = this.#options;
    const done = (epoch - 1 + step / this.#steps) / epochs;
    onProgress?.({ epoch, epochs, step, steps: this.#steps, done, loss, accuracy });
  }
}

function lossOf({ labels, exclusive = labels.length > 1 }: NetworkLane): string {
  return exclusive ? 'categoricalCrossentropy' : 'binaryCrossentropy';
}

/** Adam whose learning rate can be lowered on the way; tfjs keeps its own to itself. */
function fallingAdam({ tf }: Backend, learningRate: number) {
  class FallingAdam extends tf.AdamOptimizer {
    /** @param done share of the way, 0 to 1 */
    fall(done: number): void {
      this.learningRate = learningRate * (1 - 0.9 * done);
    }
  }
  return new FallingAdam(learningRate, 0.9, 0.999);
}
