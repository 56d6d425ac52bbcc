import type { CnnConfig, DpcnnConfig, FcnConfig, NetworkLane, RnnConfig } from '../../src/subtasks/lane-config.ts';
import type { NamedWeight, NamedWeights } from '../../src/subtasks/network.ts';
import type { NetworkConfig } from '../../src/subtasks/network-config.ts';
import { Graph, type Value } from './graph.ts';

const LOWEST = -1e9;
/** Where the gates of ours stand among ONNX's: input, output, forget, candidate; update, reset, candidate. */
const GATES = { lstm: [0, 2, 1, 3], gru: [0, 1, 2] } as const;

/** What a lane is built of. */
interface Parts {
  readonly graph: Graph;
  readonly weights: NamedWeights;
  readonly dimensions: number;
  readonly ids: Value;
  readonly table: Value;
  /** 1 where there is a token, `[batch, length]`. */
  readonly mask: Value;
}

/**
 * The only lane of a network as a model of ONNX, with the same weights: `ids` `[batch, length]` in int32, behind whose tokens are zeros, to
 * probabilities `[batch, labels]`. Each document must have a token.
 */
export function onnxOf({ embedding, vocabularySize, lanes }: NetworkConfig, weights: NamedWeights): Uint8Array {
  const [lane, ...more] = lanes;
  if (lane === undefined || more.length > 0) throw new Error('Expected a network of one lane');
  const graph = new Graph();
  const ids = graph.input('ids', 'int32', ['batch', 'length']);
  const { dimensions } = embedding;
  const table = given(weights, embedding.shared ? 'embedding' : `${lane.name}/embedding`).data.slice();
  table.fill(0, 0, dimensions);
  const parts: Parts = {
    graph,
    weights,
    dimensions,
    ids,
    table: graph.floats([vocabularySize, dimensions], table),
    mask: graph.cast(graph.cast(ids, 'bool'), 'float'),
  };
  const { name, labels, exclusive = labels.length > 1 } = lane;
  const logits = graph.node('Gemm', [features(parts, lane), ...dense(parts, `${name}/output`)]);
  const scores = exclusive ? graph.node('Softmax', [logits], { axis: 1 }) : graph.node('Sigmoid', [logits]);
  return graph.model(scores, ['batch', labels.length]);
}

function features(parts: Parts, lane: NetworkLane): Value {
  switch (lane.kind) {
    case 'cnn':
      return convolutional(parts, lane);
    case 'dpcnn':
      return pyramid(parts, lane);
    case 'rnn':
      return recurrent(parts, lane);
    case 'fcn':
      return pooled(parts, lane);
    case 'attention':
      return attention(parts, lane);
  }
}

function convolutional(parts: Parts, { name, widths, filters }: CnnConfig): Value {
  const { graph, mask, dimensions } = parts;
  const embedded = upright(parts);
  const first = graph.node('Slice', [mask, graph.integers(0), graph.integers(1), graph.integers(1)]);
  const ones = graph.node('Max', [first, graph.floats([1], Float32Array.of(1))]);
  const pools = widths.map((width) => {
    const answers = graph.node('Relu', [
      graph.node('Conv', [embedded, ...kernel(parts, `${name}/conv${width}`, [width, dimensions, filters])]),
    ]);
    // A window counts where its last token is one, and the first always.
    const later = graph.node('Slice', [mask, graph.integers(width), graph.integers(2 ** 31), graph.integers(1)]);
    const windows = graph.node('Concat', [ones, later], { axis: 1 });
    const kept = graph.node('Mul', [answers, graph.node('Unsqueeze', [windows, graph.integers(1)])]);
    return graph.node('ReduceMax', [kept], { axes: [2], keepdims: 0 });
  });
  return graph.node('Concat', pools, { axis: 1 });
}

function pyramid(parts: Parts, { name, filters, blocks }: DpcnnConfig): Value {
  const { graph, dimensions } = parts;
  let mask = graph.node('Unsqueeze', [parts.mask, graph.integers(1)]);
  const convolve = (at: string, values: Value, depth: number): Value => {
    const weights = kernel(parts, `${name}/${at}`, [3, depth, filters]);
    return graph.node('Mul', [graph.node('Conv', [values, ...weights], { pads: [1, 1] }), mask]);
  };
  const halve = (values: Value): Value => {
    // Beyond the end are zeros. Not by a node `Pad`: onnxruntime merges that with the pooling, which takes what is beyond for the least.
    const first = graph.node('Slice', [values, graph.integers(0), graph.integers(1), graph.integers(2)]);
    const zeros = graph.node('Mul', [first, graph.floats([1], Float32Array.of(0))]);
    return graph.node('MaxPool', [graph.node('Concat', [values, zeros, zeros], { axis: 2 })], {
      kernel_shape: [3],
      strides: [2],
    });
  };
  let values = convolve('region', upright(parts), dimensions);
  for (let block = 1; block <= blocks; block++) {
    if (block > 1) {
      values = halve(values);
      mask = halve(mask);
    }
    const inner = convolve(`block${block}-1`, graph.node('Relu', [values]), filters);
    values = graph.node('Add', [convolve(`block${block}-2`, graph.node('Relu', [inner]), filters), values]);
  }
  return graph.node('ReduceMax', [graph.node('Add', [values, hidden(graph, mask)])], { axes: [2], keepdims: 0 });
}

function recurrent({ graph, weights, dimensions, ids, table, mask }: Parts, lane: RnnConfig): Value {
  const { name, cell, units, bidirectional = false, pooling = 'last' } = lane;
  if (bidirectional || pooling !== 'last') throw new Error('Expected a recurrence in one direction, of the last state');
  const gates = GATES[cell];
  /** Ours is `[inputs, gates × units]`, ONNX's `[gates × units, inputs]`. */
  const gatewise = ({ data }: NamedWeight, inputs: number): Float32Array => {
    const columns = gates.length * units;
    return Float32Array.from({ length: columns * inputs }, (_, at) => {
      const row = Math.floor(at / inputs);
      const column = (gates[Math.floor(row / units)] ?? 0) * units + (row % units);
      return data[(at % inputs) * columns + column] ?? 0;
    });
  };
  const at = `${name}/${cell}`;
  const size = gates.length * units;
  const biases = new Float32Array(2 * size);
  biases.set(gatewise(given(weights, `${at}/bias`), 1));
  if (cell === 'gru') biases.set(given(weights, `${at}/recurrentBias`).data, 2 * size - units);
  const read = graph.node('Transpose', [ids], { perm: [1, 0] });
  const lengths = graph.node('ReduceSum', [mask, graph.integers(1)], { keepdims: 0 });
  const last = graph.nodeOf(
    cell.toUpperCase(),
    [
      graph.node('Gather', [table, read]),
      graph.floats([1, size, dimensions], gatewise(given(weights, `${at}/kernel`), dimensions)),
      graph.floats([1, size, units], gatewise(given(weights, `${at}/recurrent`), units)),
      graph.floats([1, 2 * size], biases),
      graph.cast(lengths, 'int32'),
    ],
    { attributes: { hidden_size: units, ...(cell === 'gru' && { linear_before_reset: 1 }) }, output: 1 },
  );
  return graph.node('Squeeze', [last, graph.integers(0)]);
}

function pooled(parts: Parts, { name, hidden: sizes, pooling }: FcnConfig): Value {
  const { graph, table, ids, mask } = parts;
  const embedded = graph.node('Gather', [table, ids]);
  let values: Value;
  if (pooling === 'mean') {
    const sum = graph.node('ReduceSum', [embedded, graph.integers(1)], { keepdims: 0 });
    values = graph.node('Div', [sum, graph.node('ReduceSum', [mask, graph.integers(1)])]);
  } else {
    const away = graph.node('Unsqueeze', [hidden(graph, mask), graph.integers(2)]);
    values = graph.node('ReduceMax', [graph.node('Add', [embedded, away])], { axes: [1], keepdims: 0 });
  }
  for (const layer of sizes.keys())
    values = graph.node('Relu', [graph.node('Gemm', [values, ...dense(parts, `${name}/hidden${layer + 1}`)])]);
  return values;
}

function attention(parts: Parts, { name, heads }: NetworkLane & { readonly kind: 'attention' }): Value {
  const { graph, weights, table, ids, mask, dimensions } = parts;
  const embedded = graph.node('Gather', [table, ids]);
  const weight = (own: string): Value => {
    const { shape, data } = given(weights, `${name}/attention/${own}`);
    return graph.floats(shape, data);
  };
  const keys = graph.node('Tanh', [
    graph.node('Add', [graph.node('MatMul', [embedded, weight('kernel')]), weight('bias')]),
  ]);
  const scores = graph.node('Transpose', [graph.node('MatMul', [keys, weight('queries')])], { perm: [0, 2, 1] });
  const away = graph.node('Unsqueeze', [hidden(graph, mask), graph.integers(1)]);
  const shares = graph.node('Softmax', [graph.node('Add', [scores, away])], { axis: 2 });
  return graph.node('Reshape', [graph.node('MatMul', [shares, embedded]), graph.integers(0, heads * dimensions)]);
}

/** 0 where there is a token, far below every value elsewhere. */
function hidden(graph: Graph, mask: Value): Value {
  const absent = graph.node('Sub', [graph.floats([1], Float32Array.of(1)), mask]);
  return graph.node('Mul', [absent, graph.floats([1], Float32Array.of(LOWEST))]);
}

/** The embeddings as ONNX's convolutions take them, `[batch, dimensions, length]`. */
function upright({ graph, table, ids }: Parts): Value {
  return graph.node('Transpose', [graph.node('Gather', [table, ids])], { perm: [0, 2, 1] });
}

/** Kernel and bias of a convolution; ours is `[width, depth, filters]`, ONNX's `[filters, depth, width]`. */
function kernel(
  { graph, weights }: Parts,
  name: string,
  [width, depth, filters]: readonly [number, number, number],
): [Value, Value] {
  const { data } = given(weights, `${name}/kernel`);
  const turned = new Float32Array(data.length);
  for (let position = 0, from = 0; position < width; position++)
    for (let input = 0; input < depth; input++)
      for (let filter = 0; filter < filters; filter++, from++)
        turned[(filter * depth + input) * width + position] = data[from] ?? 0;
  return [graph.floats([filters, depth, width], turned), graph.floats([filters], given(weights, `${name}/bias`).data)];
}

function dense({ graph, weights }: Parts, name: string): [Value, Value] {
  const { shape, data } = given(weights, `${name}/kernel`);
  const bias = given(weights, `${name}/bias`);
  return [graph.floats(shape, data), graph.floats(bias.shape, bias.data)];
}

function given(weights: NamedWeights, name: string): NamedWeight {
  const weight = weights.get(name);
  if (weight === undefined) throw new Error(`There is no weight "${name}"`);
  return weight;
}
