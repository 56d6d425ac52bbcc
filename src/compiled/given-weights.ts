import { LockstepError } from '../errors.ts';
import type { NamedWeights } from '../subtasks/network.ts';

/** A matrix or vector, row-major. */
export interface Matrix {
  readonly rows: number;
  readonly columns: number;
  readonly data: Float32Array;
}

/** The weights of a network as a compiler takes them: each must be there, of its shape, and none is left over. */
export class GivenWeights {
  readonly #weights: NamedWeights;
  readonly #taken = new Set<string>();

  constructor(weights: NamedWeights) {
    this.#weights = weights;
  }

  /**
   * A weight as a matrix: all axes but the last are rows.
   *
   * @throws LockstepError `INVALID_ENSEMBLE` if it is missing, of another shape, or not finite.
   */
  take(name: string, shape: readonly number[]): Matrix {
    const weight = this.#weights.get(name);
    if (weight === undefined) throw wrong(`The weight "${name}" is missing`);
    const expected = shape.join(' × ');
    const got = weight.shape.join(' × ');
    if (expected !== got) throw wrong(`Expected the weight "${name}" to be ${expected}, got ${got}`);
    const columns = shape.at(-1) ?? 1;
    const size = shape.reduce((product, each) => product * each, 1);
    if (weight.data.length !== size)
      throw wrong(`Expected the weight "${name}" to have ${size} values, got ${weight.data.length}`);
    if (!weight.data.every(Number.isFinite)) throw wrong(`The weight "${name}" holds values that are not finite`);
    this.#taken.add(name);
    return { rows: size / columns, columns, data: weight.data };
  }

  /** @throws LockstepError `INVALID_ENSEMBLE` if there is a weight that nobody took. */
  finish(): void {
    for (const name of this.#weights.keys())
      if (!this.#taken.has(name))
        throw wrong(`The network has no weight "${name}"; it has ${[...this.#taken].join(', ')}`);
  }
}

function wrong(message: string): LockstepError {
  return new LockstepError('INVALID_ENSEMBLE', message);
}
