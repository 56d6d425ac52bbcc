import { from, lastValueFrom, toArray } from 'rxjs';
import { Clock, classify, type Document, loadEnsemble, shippedModel, weightedVote } from '../operators/index.ts';
import { Ballot, Panel } from '../src/lanes/ballot.ts';
import { layoutOf } from '../src/lanes/layout.ts';
import type { Scores } from '../src/subtasks/subtask.ts';
import { headlines } from './corpus.ts';
import { median, report, seconds } from './report.ts';

const BATCH = 64;
const ROUNDS = 7;
type Loaded = Awaited<ReturnType<typeof loadEnsemble>>;

/** The whole chain of operators against a bare loop that does the same, batch by batch, over the same models. */
export async function overhead(): Promise<void> {
  const ensemble = await loadEnsemble(shippedModel('zh-topics'));
  const documents = headlines('zh', 2048);
  const chain = (): Promise<string[]> => withOperators(ensemble, documents);
  const loop = (): Promise<string[]> => bareLoop(ensemble, documents);
  const [first, second] = [await chain(), await loop()]; // warms both, and shows that they do the same
  if (first.join() !== second.join()) throw new Error('the chain and the loop disagree');
  const chains: number[] = [];
  const loops: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    chains.push(await seconds(chain));
    loops.push(await seconds(loop));
  }
  report(
    'overhead',
    `zh-topics on ${ensemble.backend}, ${documents.length} titles, batches of ${BATCH}, median of ${ROUNDS}`,
    [
      { what: 'documents a second, classify', value: documents.length / median(chains), unit: '/s' },
      { what: 'documents a second, bare loop', value: documents.length / median(loops), unit: '/s' },
      {
        what: 'overhead of the operators (median of the rounds’ ratios)',
        value: 100 * (median(chains.map((time, round) => time / (loops[round] ?? time))) - 1),
        unit: '%',
        goal: '<= 5',
      },
    ],
  );
  await ensemble.close();
}

function withOperators(ensemble: Loaded, documents: readonly Document[]): Promise<string[]> {
  const clock = new Clock({ period: 5, workConserving: true });
  const chain = from(documents).pipe(classify(ensemble, { clock, maxBatch: BATCH }), toArray());
  return lastValueFrom(chain).then((labelled) => labelled.map(({ verdict }) => verdict.label));
}

/** Two batches at a time, as the chain has by default: the next one is made ready while one is with the models. */
async function bareLoop(ensemble: Loaded, documents: readonly Document[]): Promise<string[]> {
  const { tokenizer, vocabulary, subtasks, weights, bias } = ensemble;
  const layout = layoutOf(subtasks);
  const decide = weightedVote({ weights, bias });
  const ask = async (batch: readonly Document[]): Promise<string[]> => {
    const encoded = batch.map(({ text }) => {
      const ids = Int32Array.from(tokenizer(text), (token) => vocabulary.id(token.text));
      return { text, ids, unknown: 0 };
    });
    const { signal } = new AbortController();
    const answers = await Promise.all(subtasks.map((subtask) => subtask.score(encoded, signal) as Promise<Scores>));
    const panel = new Panel(layout, answers);
    return batch.map((_, row) => decide(new Ballot(panel, row)).label);
  };
  const labels: string[] = [];
  let pending: Promise<string[]> = Promise.resolve([]);
  for (let start = 0; start < documents.length; start += BATCH) {
    const next = ask(documents.slice(start, start + BATCH));
    labels.push(...(await pending));
    pending = next;
  }
  labels.push(...(await pending));
  return labels;
}
