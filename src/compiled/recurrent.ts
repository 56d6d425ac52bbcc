import type { RnnConfig } from '../subtasks/lane-config.ts';
import type { GivenWeights, Matrix } from './given-weights.ts';
import { placeHead } from './head.ts';
import type { Layout } from './layout.ts';
import { largestOf, multiply, roundUp } from './matrices.ts';
import { placeProduct } from './product-weights.ts';

const STEP = 8;
const INT16 = 32_767;
/** Documents that go side by side. */
const ABREAST = 4;
const GATES = { lstm: 4, gru: 3 } as const;

/** Lays out an LSTM or GRU, perhaps in both directions. Returns the place of its struct. */
export function placeRecurrent(layout: Layout, weights: GivenWeights, embedding: Matrix, lane: RnnConfig): number {
  const { cell, units, bidirectional = false, pooling = 'last' } = lane;
  const size = roundUp(units, STEP);
  const gates = GATES[cell];
  const directions = [false, ...(bidirectional ? [true] : [])].map((backwards) =>
    placeRecurrence(layout, weights, embedding, lane, backwards),
  );
  const blocks = directions.length * (pooling === 'max-mean' ? 2 : 1);
  const { head, logits } = placeHead(layout, weights, lane, {
    blocks,
    size: units,
    paddedSize: size,
  });
  return layout.struct(
    layout.place(Uint32Array.from(directions)),
    directions.length,
    pooling === 'max-mean' ? 1 : 0,
    layout.room(4 * ABREAST * size),
    layout.room(4 * ABREAST * size),
    layout.room(2 * ABREAST * size),
    layout.room(4 * ABREAST * size * gates),
    layout.room(4 * ABREAST * size * blocks),
    logits,
    head,
  );
}

function placeRecurrence(
  layout: Layout,
  weights: GivenWeights,
  embedding: Matrix,
  { name, cell, units }: RnnConfig,
  backwards: boolean,
): number {
  const at = `${name}/${cell}${backwards ? '-backwards' : ''}`;
  const gates = GATES[cell];
  const size = roundUp(units, STEP);
  const columns = gates * units;
  const apart = (matrix: Matrix, rows: number): Matrix => gatesApart(matrix, { gates, units, size, rows });
  const kernel = weights.take(`${at}/kernel`, [embedding.columns, columns]);
  const projection = apart(multiply(embedding, kernel), embedding.rows);
  const recurrent = apart(weights.take(`${at}/recurrent`, [units, columns]), size);
  const bias = apart(weights.take(`${at}/bias`, [columns]), 1);
  const recurrentBias = new Float32Array(gates * size);
  if (cell === 'gru') recurrentBias.set(weights.take(`${at}/recurrentBias`, [units]).data, (gates - 1) * size);
  const largest = largestOf(projection, projection.columns);
  const table = new Int16Array(projection.data.length);
  for (const [index, value] of projection.data.entries()) {
    const most = largest[index % projection.columns] ?? 0;
    table[index] = most === 0 ? 0 : Math.round((value / most) * INT16);
  }
  return layout.struct(
    layout.place(table),
    layout.place(largest.map((most) => most / INT16)),
    layout.place(bias.data),
    placeProduct(layout, recurrent, recurrentBias),
    size,
    gates,
    backwards ? 1 : 0,
  );
}

/** Rows of gates of `units`, each filled up to `size` with zeros; and further rows of zeros. */
function gatesApart(
  { rows: given, data }: Matrix,
  {
    gates,
    units,
    size,
    rows,
  }: { readonly gates: number; readonly units: number; readonly size: number; readonly rows: number },
): Matrix {
  const result = new Float32Array(rows * gates * size);
  for (let block = 0; block < given * gates; block++)
    result.set(data.subarray(block * units, (block + 1) * units), block * size);
  return { rows, columns: gates * size, data: result };
}
