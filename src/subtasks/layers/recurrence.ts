import type { Tensor } from '@tensorflow/tfjs-core';
import type { layers as L } from '@tensorflow/tfjs-layers';
import type { Backend } from '../backend.ts';
import { tokenMask, valuesAndIds } from './token-mask.ts';

interface RecurrenceOptions {
  readonly cell: 'lstm' | 'gru';
  readonly units: number;
  /** Whether it reads from the end of the document to its beginning. */
  readonly backwards: boolean;
  /** Whether it gives the hidden state after every token, in the order in which they are read, or after the last one only. */
  readonly every: boolean;
}

/** A matrix or vector, the part for the sigmoid gates and the part for the candidate, along the last axis. */
type Parts = readonly [gates: Tensor, candidate: Tensor];

/** What a recurrence carries from token to token, `[batch, units]` each; a GRU's cell is its hidden state. */
interface State {
  readonly hidden: Tensor;
  readonly cell: Tensor;
}

/** One step: a token's projection and the state before it give the state after it. */
type Step = (gates: Tensor, candidate: Tensor, state: State) => State;

/**
 * An LSTM (gates in the order input, forget, output, candidate) or GRU (update, reset, candidate; the reset gate is applied
 * after the recurrent product, as cuDNN does) over `[values, ids]`. Gives the hidden state after the last token of each
 * document, `[batch, units]`, zeros for a document without tokens; or that after every token, `[batch, length, units]`, zeros for padding.
 * Unlike tfjs' own layers it knows padding without a choice at each step, and projects all tokens in one product.
 */
export function recurrence(backend: Backend, options: RecurrenceOptions): L.Layer {
  const { tf, layers } = backend;
  const { cell, units, backwards, every } = options;
  const sigmoids = cell === 'lstm' ? 3 : 2;
  const columns = (sigmoids + 1) * units;

  class Recurrence extends layers.layers.Layer {
    static get className(): string {
      return 'Recurrence';
    }

    override build(shapes: (number | null)[] | (number | null)[][]): void {
      const [values] = shapes;
      const depth = Array.isArray(values) ? values[2] : undefined;
      if (typeof depth !== 'number') throw new Error('Recurrence: takes two inputs, values and ids');
      const zeros = layers.initializers.zeros();
      this.addWeight('kernel', [depth, columns], 'float32', zeros);
      this.addWeight('recurrent', [units, columns], 'float32', zeros);
      this.addWeight('bias', [columns], 'float32', zeros);
      if (cell === 'gru') this.addWeight('recurrentBias', [units], 'float32', zeros);
      this.built = true;
    }

    override computeOutputShape(shapes: (number | null)[] | (number | null)[][]): (number | null)[] {
      const [values] = shapes;
      const [batch = null, length = null] = Array.isArray(values) ? values : [];
      return every ? [batch, length, units] : [batch, units];
    }

    override call(inputs: Tensor | Tensor[]): Tensor {
      return tf.tidy(() => {
        const [values, ids] = valuesAndIds(inputs);
        const [kernel, recurrent, bias, recurrentBias] = this.weights.map((weight) => weight.read());
        if (kernel === undefined || recurrent === undefined || bias === undefined)
          throw new Error('Recurrence: called before it was built');
        const [batch = 0, length = 0] = ids.shape;
        const mask = tokenMask(backend, ids);
        const tokens = inReadingOrder(values, mask);
        const biases = parts(bias);
        const [gates = [], candidates = []] = parts(kernel).map((part, index) => {
          const projected = tf.add(tf.matMul(tokens, part), biases[index] ?? 0);
          // The gradient of unstacking a single tensor fails.
          return length === 1 ? [projected] : tf.unstack(tf.reshape(projected, [length, batch, -1]));
        });
        const step =
          recurrentBias === undefined ? lstmStep(parts(recurrent)) : gruStep(parts(recurrent), recurrentBias);
        const states = run(gates, candidates, step, batch);
        return every ? atEveryToken(states, mask) : atLastToken(states, mask);
      });
    }
  }

  function parts(weight: Tensor): Parts {
    const matrix = tf.reshape(weight, [-1, columns]);
    const rows = matrix.shape[0] ?? 0;
    return [tf.slice(matrix, [0, 0], [rows, sigmoids * units]), tf.slice(matrix, [0, sigmoids * units], [rows, units])];
  }

  /**
   * The tokens as `[length × batch, depth]`: the first that is read of every document, then the second, and so on. Padding
   * stays behind in both directions, so that no state before it knows of it.
   */
  function inReadingOrder(values: Tensor, mask: Tensor): Tensor {
    const [batch = 0, length = 0, depth = 0] = values.shape;
    const position = tf.range(0, length);
    // Backwards, token t of n comes at n - 1 - t. For padding that is negative: any row of padding is as good, or of
    // the document, as nothing reads that far.
    const read = backwards
      ? tf.relu(tf.sub(tf.sum(mask, 1, true), tf.add(position, 1)))
      : tf.mul(position, tf.onesLike(mask));
    const rows = tf.add(read, tf.reshape(tf.range(0, batch * length, length), [batch, 1]));
    return tf.gather(
      tf.reshape(values, [batch * length, depth]),
      tf.cast(tf.reshape(tf.transpose(rows), [-1]), 'int32'),
    );
  }

  /** The hidden states after each token, `[batch, units]` each. */
  function run(gates: readonly Tensor[], candidates: readonly Tensor[], step: Step, batch: number): Tensor[] {
    const start: Tensor = tf.zeros([batch, units]);
    let state: State = { hidden: start, cell: start };
    return candidates.map((candidate, at) => {
      const gate = gates[at];
      if (gate === undefined) throw new Error('Recurrence: a token lacks its gates');
      state = step(gate, candidate, state);
      return state.hidden;
    });
  }

  /** The states `[length]` × `[batch, units]` as `[batch, length, units]`. Whatever the direction, padding comes last. */
  function atEveryToken(states: Tensor[], mask: Tensor): Tensor {
    return tf.mul(tf.stack(states, 1), tf.expandDims(mask, -1));
  }

  /** Of the states `[length]` × `[batch, units]`, that after the last token of each document. */
  function atLastToken(states: Tensor[], mask: Tensor): Tensor {
    const [batch = 0, length = 0] = mask.shape;
    const next = tf.concat([tf.slice(mask, [0, 1], [batch, length - 1]), tf.zeros([batch, 1])], 1);
    const last = tf.expandDims(tf.transpose(tf.sub(mask, next)), -1);
    return tf.sum(tf.mul(tf.stack(states), last), 0);
  }

  function lstmStep([gateWeights, candidateWeights]: Parts): Step {
    return (gates, candidate, state) => {
      const opened = tf.sigmoid(tf.add(gates, tf.matMul(state.hidden, gateWeights)));
      const [input, forget, output] = tf.split(opened, 3, 1);
      if (input === undefined || forget === undefined || output === undefined)
        throw new Error('Recurrence: an LSTM lacks a gate');
      const proposal = tf.tanh(tf.add(candidate, tf.matMul(state.hidden, candidateWeights)));
      const after = tf.add(tf.mul(forget, state.cell), tf.mul(input, proposal));
      return { hidden: tf.mul(output, tf.tanh(after)), cell: after };
    };
  }

  function gruStep([gateWeights, candidateWeights]: Parts, recurrentBias: Tensor): Step {
    return (gates, candidate, { hidden }) => {
      const [update, reset] = tf.split(tf.sigmoid(tf.add(gates, tf.matMul(hidden, gateWeights))), 2, 1);
      if (update === undefined || reset === undefined) throw new Error('Recurrence: a GRU lacks a gate');
      const held = tf.add(tf.matMul(hidden, candidateWeights), recurrentBias);
      const proposal = tf.tanh(tf.add(candidate, tf.mul(reset, held)));
      const after = tf.add(proposal, tf.mul(update, tf.sub(hidden, proposal)));
      return { hidden: after, cell: after };
    };
  }

  return new Recurrence({});
}
