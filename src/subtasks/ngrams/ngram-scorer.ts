import { HashIndex } from './hash-index.ts';
import { damped, NgramCounter } from './ngram-counter.ts';
import type { NgramsLane } from './ngram-table.ts';

/** Of what occurs so often, where that is seldom; a logarithm costs as much as finding the n-gram. */
const VALUES = Float64Array.from({ length: 64 }, (_, count) => damped(count));

/** Scores texts in lanes that look at the same n-grams: counts them once, and finds the weights of all lanes in one place. */
export class NgramScorer {
  readonly #lanes: readonly NgramsLane[];
  readonly #counter: NgramCounter;
  readonly #index: HashIndex;
  /** The weights of a key for all tables, side by side. */
  readonly #weights: Int8Array;
  readonly #scales: Float64Array;
  /** Scratch: a number a table. */
  readonly #sums: Float64Array;
  readonly #biases: Float64Array;

  /** @param lanes of equal `features`, at least one */
  constructor(lanes: readonly NgramsLane[]) {
    const tables = lanes.flatMap((lane) => lane.tables);
    this.#lanes = lanes;
    this.#counter = new NgramCounter(lanes[0]?.config.features ?? {});
    this.#index = new HashIndex(tables.reduce((sum, { keys }) => sum + keys.length, 0) / Math.max(tables.length, 1));
    for (const { keys } of tables) for (const key of keys) this.#index.add(key);
    this.#weights = new Int8Array(this.#index.size * tables.length);
    for (const [column, { keys, weights }] of tables.entries())
      for (const [at, key] of keys.entries())
        this.#weights[this.#index.find(key) * tables.length + column] = weights[at] ?? 0;
    this.#sums = new Float64Array(tables.length);
    this.#scales = Float64Array.from(tables, ({ scale }) => scale);
    this.#biases = Float64Array.from(tables, ({ bias }) => bias);
  }

  /** The log-odds of all tables, `texts × tables`. */
  odds(texts: readonly string[]): Float64Array {
    const columns = this.#scales.length;
    const odds = new Float64Array(texts.length * columns);
    for (const [row, text] of texts.entries()) this.#weigh(text, odds.subarray(row * columns, (row + 1) * columns));
    return odds;
  }

  /** Probabilities, of each lane `texts × labels`. */
  score(texts: readonly string[]): Float32Array[] {
    const columns = this.#scales.length;
    const odds = this.odds(texts);
    let first = 0;
    return this.#lanes.map(({ config, tables }) => {
      const scores = new Float32Array(texts.length * tables.length);
      const convert = (config.exclusive ?? tables.length > 1) ? softmax : sigmoid;
      for (let row = 0; row < texts.length; row++) {
        const own = odds.subarray(row * columns + first, row * columns + first + tables.length);
        convert(own);
        scores.set(own, row * tables.length);
      }
      first += tables.length;
      return scores;
    });
  }

  /** The log-odds of a text by each table. */
  #weigh(text: string, odds: Float64Array): void {
    const counter = this.#counter;
    const found = counter.count(text);
    this.#add(0, counter.characters, odds);
    this.#add(counter.characters, found, odds);
    for (let column = 0; column < odds.length; column++)
      odds[column] = (this.#biases[column] ?? 0) + (this.#scales[column] ?? 0) * (odds[column] ?? 0);
  }

  /** Adds the weights of some n-grams, whose values together have the length 1. */
  #add(from: number, to: number, odds: Float64Array): void {
    const columns = odds.length;
    const { keys, counts } = this.#counter;
    const index = this.#index;
    const weights = this.#weights;
    const sums = this.#sums.fill(0);
    let squares = 0;
    for (let at = from; at < to; at++) {
      const count = counts[at] ?? 0;
      const value = VALUES[count] ?? damped(count);
      squares += value * value;
      const number = index.find(keys[at] ?? 0);
      if (number < 0) continue;
      const start = number * columns;
      for (let column = 0; column < columns; column++)
        sums[column] = (sums[column] ?? 0) + value * (weights[start + column] ?? 0);
    }
    const length = Math.sqrt(squares) || 1;
    for (let column = 0; column < columns; column++) odds[column] = (odds[column] ?? 0) + (sums[column] ?? 0) / length;
  }
}

function sigmoid(values: Float64Array): void {
  for (let i = 0; i < values.length; i++) values[i] = 1 / (1 + Math.exp(-(values[i] ?? 0)));
}

function softmax(values: Float64Array): void {
  const highest = values.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
  let sum = 0;
  for (const value of values) sum += Math.exp(value - highest);
  for (let i = 0; i < values.length; i++) values[i] = Math.exp((values[i] ?? 0) - highest) / sum;
}
