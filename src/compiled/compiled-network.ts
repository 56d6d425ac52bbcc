import { LockstepError } from '../errors.ts';
import type { NetworkLane } from '../subtasks/lane-config.ts';
import type { NamedWeights } from '../subtasks/network.ts';
import { checkNetworkConfig, minLengthOf, type NetworkConfig } from '../subtasks/network-config.ts';
import type { PackedIds } from '../subtasks/pack-ids.ts';
import { placeConvolutional } from './convolutional.ts';
import { GivenWeights, type Matrix } from './given-weights.ts';
import { type Kernels, kernelsOver } from './kernels.ts';
import { Layout, pagesFor } from './layout.ts';
import { placeAttention, placePooled } from './pooled.ts';
import type { Precision } from './precision.ts';
import { placePyramid } from './pyramid.ts';
import { placeRecurrent } from './recurrent.ts';
import type { Memory } from './web-assembly.ts';

/** Options of {@link CompiledNetwork}. */
export interface CompileOptions {
  /** @default '16-bit' */
  readonly precision?: Precision;
}

interface PlacedLane {
  readonly labels: number;
  /** Whether it wants to know which documents are of like length. */
  readonly sorts: boolean;
  readonly run: (ids: number, rows: number, columns: number, order: number, out: number) => void;
}

const BYTES = 4;

/**
 * The trained lanes of a network as a WebAssembly program: what depends on a single token is tabulated, the rest is computed in 16-bit
 * integers and float32, document by document, as long as each is. It needs no tensor library, and scores what the tensor backends do
 * within 1e-3.
 */
export class CompiledNetwork {
  readonly #memory: Memory;
  readonly #lanes: ReadonlyMap<string, PlacedLane>;
  readonly #longest: number;
  /** Where the ids of a batch lie, what order they are read in, and their scores. */
  readonly #batch: number;

  /**
   * @throws LockstepError `INVALID_ARGUMENT`, naming the field, if the configuration is none.
   * @throws LockstepError `INVALID_ENSEMBLE` if a weight is missing, unknown, of the wrong shape or not finite.
   * @throws LockstepError `BACKEND_UNAVAILABLE` if the kernels do not load.
   */
  constructor(config: NetworkConfig, weights: NamedWeights, { precision = '16-bit' }: CompileOptions = {}) {
    checkNetworkConfig(config);
    const layout = new Layout();
    const given = new GivenWeights(weights);
    this.#longest = Math.max(config.maxLength, minLengthOf(config));
    const shared = config.embedding.shared ? embeddingOf(given, config, '') : undefined;
    const places = config.lanes.map((lane) => {
      const embedding = shared ?? embeddingOf(given, config, `${lane.name}/`);
      return { lane, place: placeLane(layout, given, embedding, lane, { precision, longest: this.#longest }) };
    });
    given.finish();
    this.#batch = layout.end;
    this.#memory = layout.memory();
    const kernels = kernelsOver(this.#memory);
    this.#lanes = new Map(
      places.map(({ lane, place }) => [
        lane.name,
        { labels: lane.labels.length, sorts: lane.kind === 'rnn', run: runnerOf(kernels, lane, place, precision) },
      ]),
    );
  }

  /** Bytes of its memory: tables, weights, and room for the largest batch so far. */
  get bytes(): number {
    return this.#memory.buffer.byteLength;
  }

  /**
   * Probabilities of a batch in a lane, `rows × labels`.
   *
   * @param packed ids below the size of the vocabulary; this is not checked here
   * @throws LockstepError `INVALID_ARGUMENT` if there is no such lane, or documents are longer than it was compiled for.
   */
  score(lane: string, { data, rows, columns }: PackedIds): Float32Array {
    const placed = this.#lanes.get(lane);
    if (placed === undefined) throw new LockstepError('INVALID_ARGUMENT', `There is no lane called "${lane}"`);
    if (columns > this.#longest)
      throw new LockstepError('INVALID_ARGUMENT', `Expected at most ${this.#longest} columns, got ${columns}`);
    const ids = this.#batch;
    const order = ids + BYTES * data.length;
    const out = order + BYTES * rows;
    const end = out + BYTES * rows * placed.labels;
    const lacking = pagesFor(end) - pagesFor(this.#memory.buffer.byteLength);
    if (lacking > 0) this.#memory.grow(lacking);
    const { buffer } = this.#memory;
    new Int32Array(buffer, ids, data.length).set(data);
    if (placed.sorts) new Uint32Array(buffer, order, rows).set(longestFirst(data, rows, columns));
    placed.run(ids, rows, columns, order, out);
    return new Float32Array(buffer, out, rows * placed.labels).slice();
  }
}

/** Padding is zeros, whatever the weights say. */
function embeddingOf(
  weights: GivenWeights,
  { vocabularySize, embedding: { dimensions } }: NetworkConfig,
  prefix: string,
): Matrix {
  const table = weights.take(`${prefix}embedding`, [vocabularySize, dimensions]);
  const data = table.data.slice();
  data.fill(0, 0, dimensions);
  return { ...table, data };
}

function placeLane(
  layout: Layout,
  weights: GivenWeights,
  embedding: Matrix,
  lane: NetworkLane,
  { precision, longest }: { readonly precision: Precision; readonly longest: number },
): number {
  switch (lane.kind) {
    case 'cnn':
      return placeConvolutional(layout, weights, embedding, lane, precision);
    case 'dpcnn':
      return placePyramid(layout, weights, embedding, lane, longest);
    case 'rnn':
      return placeRecurrent(layout, weights, embedding, lane);
    case 'fcn':
      return placePooled(layout, weights, embedding, lane);
    case 'attention':
      return placeAttention(layout, weights, embedding, lane);
  }
}

function runnerOf(kernels: Kernels, { kind }: NetworkLane, place: number, precision: Precision): PlacedLane['run'] {
  switch (kind) {
    case 'cnn': {
      const run = precision === '8-bit' ? kernels.convolutional8 : kernels.convolutional16;
      return (ids, rows, columns, _order, out) => run(place, ids, rows, columns, out);
    }
    case 'dpcnn':
      return (ids, rows, columns, _order, out) => kernels.pyramid(place, ids, rows, columns, out);
    case 'rnn':
      return (ids, rows, columns, order, out) => kernels.recurrent(place, ids, rows, columns, order, out);
    case 'fcn':
      return (ids, rows, columns, _order, out) => kernels.pooled(place, ids, rows, columns, out);
    case 'attention':
      return (ids, rows, columns, _order, out) => kernels.attention(place, ids, rows, columns, out);
  }
}

/** The numbers of the rows, by how many tokens they have. */
function longestFirst(data: Int32Array, rows: number, columns: number): Uint32Array {
  const lengths = new Uint32Array(rows);
  for (let row = 0; row < rows; row++) {
    let length = columns;
    while (length > 0 && data[row * columns + length - 1] === 0) length--;
    lengths[row] = length;
  }
  return Uint32Array.from(lengths.keys()).sort((a, b) => (lengths[b] ?? 0) - (lengths[a] ?? 0));
}
