import type { Backend } from '../subtasks/backend.ts';
import { type Network, packIds } from '../subtasks/network.ts';
import { minLengthOf } from '../subtasks/network-config.ts';

const BATCH = 256;

/** Scores documents with every lane: one array a lane, `documents × labels`, in the order of the lanes. */
export function predict(
  { tf }: Backend,
  network: Network,
  documents: readonly { readonly ids: Int32Array }[],
): Float32Array[] {
  const { lanes, maxLength } = network.config;
  const scores = lanes.map(({ labels }) => new Float32Array(documents.length * labels.length));
  // Documents of like length share a batch, so that little is padded.
  const order = Array.from(documents.keys()).sort((a, b) => lengthOf(documents, a) - lengthOf(documents, b));
  for (let start = 0; start < order.length; start += BATCH) {
    const members = order.slice(start, start + BATCH);
    const batch = members.flatMap((index) => documents[index] ?? []);
    const { data, rows, columns } = packIds(batch, maxLength, minLengthOf(network.config));
    const answers = tf.tidy(() => {
      const output = network.trainable.predictOnBatch(tf.tensor2d(data, [rows, columns], 'int32'));
      return (Array.isArray(output) ? output : [output]).map((tensor) => tensor.dataSync());
    });
    for (const [lane, answer] of answers.entries()) {
      const width = lanes[lane]?.labels.length ?? 0;
      for (const [row, index] of members.entries())
        for (let i = 0; i < width; i++)
          (scores[lane] ?? new Float32Array())[index * width + i] = answer[row * width + i] ?? 0;
    }
  }
  return scores;
}

function lengthOf(documents: readonly { readonly ids: Int32Array }[], index: number): number {
  return documents[index]?.ids.length ?? 0;
}
