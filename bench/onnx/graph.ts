import { bytes, concat, type Encoded, float, integer, text } from './protobuf.ts';

const IR_VERSION = 8;
const OPSET = 17;
/** ONNX's numbers of types of elements, and of attributes. */
const ELEMENT = { float: 1, int32: 6, int64: 7, bool: 9 } as const;
const ATTRIBUTE = { float: 1, integer: 2, integers: 7 } as const;

export type Element = keyof typeof ELEMENT;
type Attributes = Readonly<Record<string, number | readonly number[] | { readonly float: number }>>;

/** A value of a graph, by its name. */
export type Value = string;

/** A graph of ONNX as it is built, node by node. */
export class Graph {
  readonly #nodes: Encoded[] = [];
  readonly #constants: Encoded[] = [];
  readonly #inputs: Encoded[] = [];
  #values = 0;

  /** What is given when it runs; a dimension that is not known has a name. */
  input(name: string, element: Element, shape: readonly (number | string)[]): Value {
    this.#inputs.push(bytes(11, valueInfo(name, element, shape)));
    return name;
  }

  /** A weight. */
  floats(shape: readonly number[], data: Float32Array): Value {
    return this.#constant('float', shape, new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  }

  /** Axes, sizes, pads: what nodes take as a tensor of integers. */
  integers(...values: readonly number[]): Value {
    const data = BigInt64Array.from(values, BigInt);
    return this.#constant('int64', [values.length], new Uint8Array(data.buffer));
  }

  /** Adds a node with one output. */
  node(operation: string, inputs: readonly (Value | undefined)[], attributes: Attributes = {}): Value {
    return this.nodeOf(operation, inputs, { attributes, output: 0 });
  }

  /** Adds a node of which only the output of that number is wanted. */
  nodeOf(
    operation: string,
    inputs: readonly (Value | undefined)[],
    { attributes, output }: { readonly attributes: Attributes; readonly output: number },
  ): Value {
    const value = this.#next();
    this.#nodes.push(
      bytes(
        1,
        concat([
          ...inputs.map((input) => text(1, input ?? '')),
          ...Array.from({ length: output }, () => text(2, '')),
          text(2, value),
          text(3, `${operation}-${value}`),
          text(4, operation),
          ...Object.entries(attributes).map(([name, given]) => bytes(5, attribute(name, given))),
        ]),
      ),
    );
    return value;
  }

  /** The elements of a value as another type. */
  cast(value: Value, to: Element): Value {
    return this.node('Cast', [value], { to: ELEMENT[to] });
  }

  /** The model, as the bytes of a file, that gives `output`. */
  model(output: Value, shape: readonly (number | string)[]): Encoded {
    const graph = concat([
      ...this.#nodes,
      text(2, 'lane'),
      ...this.#constants,
      ...this.#inputs,
      bytes(12, valueInfo(output, 'float', shape)),
    ]);
    return concat([integer(1, IR_VERSION), text(2, 'rx-lockstep'), bytes(7, graph), bytes(8, integer(2, OPSET))]);
  }

  #constant(element: Element, shape: readonly number[], data: Uint8Array): Value {
    const name = this.#next();
    const tensor = [
      ...shape.map((size) => integer(1, size)),
      integer(2, ELEMENT[element]),
      text(8, name),
      bytes(9, data),
    ];
    this.#constants.push(bytes(5, concat(tensor)));
    return name;
  }

  #next(): Value {
    this.#values += 1;
    return `v${this.#values}`;
  }
}

function valueInfo(name: string, element: Element, shape: readonly (number | string)[]): Encoded {
  const dimensions = shape.map((size) => bytes(1, typeof size === 'number' ? integer(1, size) : text(2, size)));
  const tensor = concat([integer(1, ELEMENT[element]), bytes(2, concat(dimensions))]);
  return concat([text(1, name), bytes(2, bytes(1, tensor))]);
}

function attribute(name: string, value: Attributes[string]): Encoded {
  if (typeof value === 'number') return concat([text(1, name), integer(3, value), integer(20, ATTRIBUTE.integer)]);
  if ('float' in value) return concat([text(1, name), float(2, value.float), integer(20, ATTRIBUTE.float)]);
  return concat([text(1, name), ...value.map((each) => integer(8, each)), integer(20, ATTRIBUTE.integers)]);
}
