import { expect } from 'chai';
import { fitLinear, type SparseRows } from '../../../src/ensemble/ngrams/fit-linear.ts';
import { seededNormal, seededRandom } from '../../../src/subtasks/random.ts';

function sparse(rows: readonly (readonly number[])[]): SparseRows {
  const cells = rows.flatMap((row) => row.flatMap((value, column) => (value === 0 ? [] : [{ value, column }])));
  const starts = [0];
  for (const row of rows) starts.push((starts.at(-1) ?? 0) + row.filter((value) => value !== 0).length);
  return {
    starts: Int32Array.from(starts),
    columns: Int32Array.from(cells, ({ column }) => column),
    values: Float32Array.from(cells, ({ value }) => value),
    width: rows[0]?.length ?? 0,
  };
}

/** Of the primal problem: half the squared length of the weights over their scales, and of the bias, plus squared hinge losses. */
function objective(
  rows: readonly (readonly number[])[],
  isPositive: (row: number) => boolean,
  scales: Float32Array,
  { weights, bias }: { readonly weights: ArrayLike<number>; readonly bias: number },
  cost: number,
): number {
  let value = (bias * bias) / 2;
  for (let i = 0; i < weights.length; i++) value += ((weights[i] ?? 0) / (scales[i] ?? 1)) ** 2 / 2;
  for (const [row, values] of rows.entries()) {
    const margin = values.reduce((sum, x, i) => sum + x * (weights[i] ?? 0), bias) * (isPositive(row) ? 1 : -1);
    value += cost * Math.max(0, 1 - margin) ** 2;
  }
  return value;
}

describe('fitLinear', () => {
  const random = seededRandom('rows');
  const normal = seededNormal('values');
  const rows = Array.from({ length: 80 }, () => Array.from({ length: 6 }, () => (random() < 0.5 ? 0 : normal())));
  const isPositive = (row: number) => (rows[row]?.[0] ?? 0) - (rows[row]?.[1] ?? 0) > 0.1;
  const scales = Float32Array.of(1, 2, 0.5, 1, 1, 3);

  it('finds the minimum: no step away from it is better', () => {
    for (const cost of [0.1, 1, 10]) {
      const fit = fitLinear(sparse(rows), isPositive, { scales, cost, seed: 's', tolerance: 1e-6, passes: 5000 });
      const least = objective(rows, isPositive, scales, fit, cost);
      for (let i = 0; i <= scales.length; i++)
        for (const step of [-0.01, 0.01]) {
          const weights = Array.from(fit.weights, (weight, at) => (at === i ? weight + step : weight));
          const bias = i === scales.length ? fit.bias + step : fit.bias;
          expect(objective(rows, isPositive, scales, { weights, bias }, cost)).to.be.above(least);
        }
    }
  });

  it('gives the same weights for the same seed', () => {
    const fitted = (seed: string) => fitLinear(sparse(rows), isPositive, { scales, seed });
    expect(fitted('a')).to.deep.equal(fitted('a'));
    expect(fitted('a').weights).not.to.deep.equal(fitted('b').weights);
  });

  it('answers with its one class if there is but one, and with nothing if there are no rows', () => {
    const yes = fitLinear(sparse(rows), () => true, { scales, seed: 's' });
    expect(yes.bias).to.be.above(0);
    const no = fitLinear(sparse(rows), () => false, { scales, seed: 's' });
    expect(no.bias).to.be.below(0);
    const nothing = fitLinear(sparse([]), () => true, { scales: new Float32Array(), seed: 's' });
    expect(nothing).to.deep.include({ bias: 0, weights: new Float32Array() });
  });

  it('takes empty rows, and columns without values', () => {
    const fit = fitLinear(
      sparse([
        [0, 0],
        [1, 0],
        [0, 0],
      ]),
      (row) => row === 1,
      { scales: Float32Array.of(1, 1), seed: 's' },
    );
    expect(fit.weights[0]).to.be.above(0);
    expect(fit.weights[1]).to.equal(0);
  });

  it('keeps a column out whose scale is 0', () => {
    const fit = fitLinear(sparse(rows), isPositive, { scales: Float32Array.of(0, 1, 1, 1, 1, 1), seed: 's' });
    expect(fit.weights[0]).to.equal(0);
  });
});
