import { LockstepError } from '../../errors.ts';
import type { NgramsConfig } from '../../subtasks/lane-config.ts';
import type { NgramsLane, NgramTable } from '../../subtasks/ngrams/ngram-table.ts';
import type { StoredTensor, StoredTensors } from '../safetensors.ts';

/**
 * Lanes over n-grams as they are stored: for the label at index `i` of a lane the hashes `<lane>/<i>/keys`, ascending, their weights
 * `<lane>/<i>/weights` in 8 bits each, and `<lane>/<i>/line`, what a weight is multiplied by and what is added to their sum.
 */
export function packNgrams(lanes: readonly NgramsLane[]): StoredTensors {
  const tensors = new Map<string, StoredTensor>();
  for (const { config, tables } of lanes)
    for (const [i, { keys, weights, scale, bias }] of tables.entries()) {
      const { keys: keysName, weights: weightsName, line } = namesOf(config, i);
      tensors.set(keysName, { dtype: 'I32', shape: [keys.length], data: keys });
      tensors.set(weightsName, { dtype: 'I8', shape: [weights.length], data: weights });
      tensors.set(line, { dtype: 'F32', shape: [2], data: Float32Array.of(scale, bias) });
    }
  return tensors;
}

/**
 * The lanes that stored tensors stand for, and the tensors that are left.
 *
 * @throws LockstepError `INVALID_ENSEMBLE` if a tensor is missing or not what it should be.
 */
export function unpackNgrams(
  configs: readonly NgramsConfig[],
  tensors: StoredTensors,
): { readonly lanes: readonly NgramsLane[]; readonly rest: StoredTensors } {
  const rest = new Map(tensors);
  const lanes = configs.map((config) => ({
    config,
    tables: config.labels.map((_, i) => {
      const names = namesOf(config, i);
      for (const name of Object.values(names)) rest.delete(name);
      return tableOf(names, tensors);
    }),
  }));
  return { lanes, rest };
}

interface Names {
  readonly keys: string;
  readonly weights: string;
  readonly line: string;
}

function namesOf({ name }: NgramsConfig, index: number): Names {
  return { keys: `${name}/${index}/keys`, weights: `${name}/${index}/weights`, line: `${name}/${index}/line` };
}

function tableOf(names: Names, tensors: StoredTensors): NgramTable {
  const keys = tensors.get(names.keys);
  const weights = tensors.get(names.weights);
  const line = tensors.get(names.line);
  if (keys?.dtype !== 'I32' || !keys.data.every((key, at) => key !== 0 && (at === 0 || key > (keys.data[at - 1] ?? 0))))
    throw wrong(names.keys, 'different hashes, ascending, in 32 bits');
  if (weights?.dtype !== 'I8' || weights.data.length !== keys.data.length)
    throw wrong(names.weights, 'a weight a hash, in 8 bits');
  if (line?.dtype !== 'F32' || line.data.length !== 2 || !line.data.every(Number.isFinite))
    throw wrong(names.line, 'two finite numbers');
  return { keys: keys.data, weights: weights.data, scale: line.data[0] ?? 0, bias: line.data[1] ?? 0 };
}

function wrong(name: string, expected: string): LockstepError {
  return new LockstepError('INVALID_ENSEMBLE', `Expected the tensor "${name}" to hold ${expected}`);
}
