import { seededNormal, seededRandom } from './random.ts';

/** How a weight begins. The numbers depend on the seed and the weight's name only, not on backend or order. */
export type Initial = (shape: readonly number[], seed: string) => Float32Array;

function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}

export const zeros: Initial = (shape) => new Float32Array(sizeOf(shape));

/** Uniform, so that the variance of signals and gradients stays (Glorot 2010); the last two axes are input and output. */
export const glorotUniform: Initial = (shape, seed) => {
  const field = sizeOf(shape.slice(0, -2));
  const limit = Math.sqrt(6 / (field * ((shape.at(-2) ?? 1) + (shape.at(-1) ?? 1))));
  const random = seededRandom(seed);
  return zeros(shape, seed).map(() => (2 * random() - 1) * limit);
};

/** Uniform in ±0.05; row 0, the padding, is zero. */
export const embeddingUniform: Initial = (shape, seed) => {
  const random = seededRandom(seed);
  const values = zeros(shape, seed).map(() => (2 * random() - 1) * 0.05);
  return values.fill(0, 0, shape.at(-1) ?? 0);
};

/** One orthogonal square block a gate, side by side: keeps a recurrence from fading or exploding (Saxe 2013). */
export const orthogonalGates: Initial = (shape, seed) => {
  const [units = 0, columns = 0] = shape;
  const values = new Float32Array(units * columns);
  const normal = seededNormal(seed);
  for (let gate = 0; gate * units < columns; gate += 1) {
    const block = orthonormalRows(units, normal);
    for (const [row, vector] of block.entries()) values.set(vector, row * columns + gate * units);
  }
  return values;
};

/** Zeros, but ones for the forget gate, the second of four: an LSTM begins by remembering (Gers 2000). */
export const forgetGateOnes: Initial = (shape) => {
  const [size = 0] = shape;
  return new Float32Array(size).fill(1, size / 4, size / 2);
};

/** Gram-Schmidt over random vectors. */
function orthonormalRows(size: number, normal: () => number): Float64Array[] {
  const rows: Float64Array[] = [];
  while (rows.length < size) {
    const row = Float64Array.from({ length: size }, normal);
    for (const other of rows) {
      const along = dot(row, other);
      for (let i = 0; i < size; i += 1) row[i] = (row[i] ?? 0) - along * (other[i] ?? 0);
    }
    const length = Math.sqrt(dot(row, row));
    if (length > 1e-6) rows.push(row.map((value) => value / length)); // else it lay in the span of the others: redraw
  }
  return rows;
}

function dot(a: Float64Array, b: Float64Array): number {
  return a.reduce((sum, value, i) => sum + value * (b[i] ?? 0), 0);
}
