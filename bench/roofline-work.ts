import type { NetworkLane } from '../src/subtasks/lane-config.ts';
import { DIMENSIONS } from './compiled-lanes.ts';

/** What a lane has to do for a document, on average. */
export interface Work {
  readonly tokens: number;
  /** Multiplications with additions, of 16-bit integers and of float32. */
  readonly integers: number;
  readonly floats: number;
  /** What is read again and again. */
  readonly cacheBytes: number;
  /** Bytes of a token's row. */
  readonly row: number;
}

/** An exponential takes about 28 operations, most of them multiplications and additions in turn. */
const EXPONENTIAL = 14;
/** Of a product: for 64 multiplications two vectors of weights are read, and four times two inputs. */
const PRODUCT_BYTES = 96 / 64;
const FLOAT = 4;
const VECTOR = 16;

/** Counts what the kernels of a lane do for documents of such lengths. What fills up vectors counts: it is computed. */
export function workOf(lane: NetworkLane, lengths: readonly number[]): Work {
  const tokens = mean(lengths, (length) => length);
  const head = (features: number): number => features * roundUp(lane.labels.length, 4);
  switch (lane.kind) {
    case 'cnn': {
      const filters = roundUp(lane.filters, 16);
      const { widths } = lane;
      // Sums without products: what is read is what counts.
      const added = mean(lengths, (length) =>
        widths.reduce((sum, width) => sum + Math.max(1, length - width + 1) * width * filters, 0),
      );
      const floats = head(widths.length * filters);
      const row = 2 * filters * widths.reduce((sum, width) => sum + width, 0);
      return { tokens, integers: 0, floats, cacheBytes: 2 * added + headBytes(floats), row };
    }
    case 'dpcnn': {
      const filters = roundUp(lane.filters, 8);
      const positions = mean(lengths, (length) => {
        let sum = 0;
        for (let block = 0, left = length; block < lane.blocks; block++, left = Math.ceil(left / 2)) sum += left;
        return sum;
      });
      const integers = positions * 2 * 3 * filters * filters;
      const floats = head(filters) + positions * 8 * filters;
      return { tokens, integers, floats, cacheBytes: integers * PRODUCT_BYTES, row: 2 * 3 * filters };
    }
    case 'rnn': {
      const units = roundUp(lane.units, 8);
      const [gates, exponentials] = lane.cell === 'lstm' ? [4, 5] : [3, 3];
      const directions = lane.bidirectional ? 2 : 1;
      const integers = tokens * directions * gates * units * units;
      const floats = tokens * directions * units * (exponentials * EXPONENTIAL + 2 * gates + 2) + head(units);
      return { tokens, integers, floats, cacheBytes: integers * PRODUCT_BYTES, row: 2 * gates * units };
    }
    case 'fcn': {
      const width = roundUp(lane.hidden[0] ?? DIMENSIONS, 4);
      const layers = lane.hidden.slice(1).reduce((sum, size, layer) => sum + size * (lane.hidden[layer] ?? 0), 0);
      const floats = head(lane.hidden.at(-1) ?? DIMENSIONS) + layers;
      return {
        tokens,
        integers: 0,
        floats,
        cacheBytes: tokens * width * FLOAT + headBytes(floats),
        row: width * FLOAT,
      };
    }
    case 'attention': {
      const heads = roundUp(lane.heads, 4);
      const dimensions = roundUp(DIMENSIONS, 4);
      const sums = tokens * lane.heads * dimensions;
      const floats = tokens * heads * EXPONENTIAL + sums + head(lane.heads * dimensions);
      return {
        tokens,
        integers: 0,
        floats,
        cacheBytes: sums * FLOAT + headBytes(floats),
        row: (heads + dimensions) * FLOAT,
      };
    }
  }
}

/** Of a dense layer in float32: for four multiplications a vector of weights and an input. */
function headBytes(floats: number): number {
  return (floats / 4) * 2 * VECTOR;
}

function mean(lengths: readonly number[], of: (length: number) => number): number {
  return lengths.reduce((sum, length) => sum + of(length), 0) / lengths.length;
}

function roundUp(count: number, step: number): number {
  return Math.ceil(count / step) * step;
}
