import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { type Attributes, type Core, floats, input, override, product, sizes, type WasmClass } from './override.ts';

/**
 * Gives tfjs' WASM backend the two kernels that it lacks for training, the gradients of an embedding's lookup and of a
 * convolution's filter, and one for the gradient of a convolution's input where most errors are zero. Written in
 * JavaScript over the backend's heap.
 */
export function registerTrainingKernels(tf: Core, wasm: WasmClass): void {
  // A later tfjs may bring the first two itself: then those are taken.
  override(tf, wasm, 'UnsortedSegmentSum', ({ backend, inputs, attrs }, original) =>
    original === undefined
      ? unsortedSegmentSum(backend, input(inputs, 'x'), input(inputs, 'segmentIds'), Number(attrs.numSegments))
      : original(),
  );
  override(tf, wasm, 'Conv2DBackpropFilter', ({ backend, inputs, attrs }, original) =>
    original === undefined
      ? conv2dBackpropFilter(tf, backend, input(inputs, 'x'), input(inputs, 'dy'), attrs)
      : original(),
  );
  override(tf, wasm, 'Conv2DBackpropInput', ({ backend, inputs, attrs }, original) => {
    const dy = input(inputs, 'dy');
    return original === undefined || (attrs.dataFormat === 'NHWC' && isSparse(floats(backend, dy)))
      ? conv2dBackpropInput(tf, backend, dy, input(inputs, 'filter'), attrs)
      : original();
  });
}

/** Sums the rows of `x` that share a segment: `out[segmentIds[i]] += x[i]`; ids outside the segments are dropped. */
function unsortedSegmentSum(backend: BackendWasm, x: TensorInfo, segmentIds: TensorInfo, segments: number): TensorInfo {
  const rest = x.shape.slice(1);
  const width = product(rest);
  // Before the views are taken: making room may grow the heap, which detaches them.
  const result = backend.makeOutput([segments, ...rest], 'float32');
  const out = floats(backend, result).fill(0);
  const from = floats(backend, x);
  const ids = backend.typedArrayFromHeap(segmentIds);
  for (let row = 0; row < ids.length; row += 1) {
    const segment = ids[row] ?? -1;
    if (segment < 0 || segment >= segments) continue;
    const to = segment * width;
    const source = row * width;
    for (let column = 0; column < width; column += 1)
      out[to + column] = (out[to + column] ?? 0) + (from[source + column] ?? 0);
  }
  return result;
}

/** Whether so few values are not zero, as behind a global maximum, that it pays to look for them. */
function isSparse(values: Float32Array): boolean {
  return values.reduce((count, value) => (value === 0 ? count : count + 1), 0) < values.length / 8;
}

interface Geometry {
  /** Size of one filter, `height × width × channels`. */
  readonly patch: number;
  /**
   * Visits every error that is not zero: with its filter, and for each row of the patch that the filter saw where that
   * lies in the image and in the patch, and how long it is.
   */
  visit(
    errors: Float32Array,
    each: (error: number, filter: number, image: number, patch: number, run: number) => void,
  ): void;
}

function geometry(tf: Core, inShape: readonly number[], filterShape: readonly number[], attrs: Attributes): Geometry {
  if (attrs.dataFormat !== 'NHWC') throw new Error('the data format of a convolution must be NHWC');
  const [batch = 0, inHeight = 0, inWidth = 0, channels = 0] = inShape;
  const [height = 0, width = 0, , filters = 0] = filterShape;
  const [strideHeight = 1, strideWidth = 1] = sizes(attrs.strides);
  const { outHeight, outWidth, padInfo } = tf.backend_util.computeConv2DInfo(
    [batch, inHeight, inWidth, channels],
    [height, width, channels, filters],
    [strideHeight, strideWidth],
    1,
    padding(attrs.pad),
    rounding(attrs.dimRoundingMode),
  );
  return {
    patch: height * width * channels,
    visit(errors, each) {
      for (let at = 0; at < batch * outHeight * outWidth; at += 1) {
        const image = Math.floor(at / (outHeight * outWidth));
        const top = (Math.floor(at / outWidth) % outHeight) * strideHeight - padInfo.top;
        const left = (at % outWidth) * strideWidth - padInfo.left;
        const first = Math.max(0, -left);
        const run = (Math.min(width, inWidth - left) - first) * channels;
        for (let filter = 0; filter < filters; filter += 1) {
          const error = errors[at * filters + filter] ?? 0;
          if (error === 0) continue;
          for (let row = Math.max(0, -top); row < Math.min(height, inHeight - top); row += 1) {
            const pixel = ((image * inHeight + top + row) * inWidth + left + first) * channels;
            each(error, filter, pixel, (row * width + first) * channels, run);
          }
        }
      }
    },
  };
}

/**
 * The gradient of a convolution in its filter: for every output, its error times the patch of the input that it saw. Sums
 * are kept filter by filter, so that a row of a patch lies in one piece, and transposed at the end.
 */
function conv2dBackpropFilter(
  tf: Core,
  backend: BackendWasm,
  x: TensorInfo,
  dy: TensorInfo,
  attrs: Attributes,
): TensorInfo {
  const shape = sizes(attrs.filterShape);
  const filters = shape[3] ?? 0;
  const { patch, visit } = geometry(tf, x.shape, shape, attrs);
  const result = backend.makeOutput(shape, 'float32');
  const seen = floats(backend, x);
  const sums = new Float32Array(filters * patch);
  visit(floats(backend, dy), (error, filter, from, to, run) =>
    addScaled(sums, filter * patch + to, error, seen, from, run),
  );
  transpose(sums, floats(backend, result), filters, patch);
  return result;
}

/** The gradient of a convolution in its input: to the patch that each output saw, its error times the filter is added. */
function conv2dBackpropInput(
  tf: Core,
  backend: BackendWasm,
  dy: TensorInfo,
  filter: TensorInfo,
  attrs: Attributes,
): TensorInfo {
  const shape = sizes(attrs.inputShape);
  const { patch, visit } = geometry(tf, shape, filter.shape, attrs);
  const result = backend.makeOutput(shape, 'float32');
  const out = floats(backend, result).fill(0);
  const filters = filter.shape[3] ?? 0;
  const byFilter = new Float32Array(filters * patch);
  transpose(floats(backend, filter), byFilter, patch, filters);
  visit(floats(backend, dy), (error, which, to, from, run) =>
    addScaled(out, to, error, byFilter, which * patch + from, run),
  );
  return result;
}

/** `out[to + i] += factor * values[from + i]` */
function addScaled(out: Float32Array, to: number, factor: number, values: Float32Array, from: number, count: number) {
  for (let i = 0; i < count; i += 1) out[to + i] = (out[to + i] ?? 0) + factor * (values[from + i] ?? 0);
}

function transpose(from: Float32Array, to: Float32Array, rows: number, columns: number): void {
  for (let row = 0; row < rows; row += 1)
    for (let column = 0; column < columns; column += 1) to[column * rows + row] = from[row * columns + column] ?? 0;
}

function padding(pad: unknown): 'same' | 'valid' | number {
  return pad === 'same' || pad === 'valid' || typeof pad === 'number' ? pad : 'valid';
}

function rounding(mode: unknown): 'floor' | 'round' | 'ceil' | undefined {
  return mode === 'floor' || mode === 'round' || mode === 'ceil' ? mode : undefined;
}
