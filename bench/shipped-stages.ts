import { CompiledNetwork } from '../src/compiled/compiled-network.ts';
import { readEnsemble } from '../src/ensemble/load.ts';
import { lanesOfModel } from '../src/ensemble/model.ts';
import { weightedVote } from '../src/integrate/weighted-vote.ts';
import { Ballot, Panel } from '../src/lanes/ballot.ts';
import { layoutOf } from '../src/lanes/layout.ts';
import { tokenizerFrom } from '../src/language/tokenizers.ts';
import { minLengthOf } from '../src/subtasks/network-config.ts';
import { NgramCounter } from '../src/subtasks/ngrams/ngram-counter.ts';
import { NgramScorer } from '../src/subtasks/ngrams/ngram-scorer.ts';
import { groupsOf } from '../src/subtasks/ngrams/ngram-table.ts';
import { packIds } from '../src/subtasks/pack-ids.ts';
import type { Contestant } from './compiled-rounds.ts';

export const NGRAMS = 'lanes over n-grams';

/** The stages from text to verdict, each by itself, in batches; `parts` are what one of them is made of. */
export interface Stages {
  readonly stages: readonly Contestant[];
  readonly parts: readonly Contestant[];
}

/** The stages of an ensemble, called in this thread without an operator between. */
export async function stagesOf(folder: URL, texts: readonly string[], batch: number): Promise<Stages> {
  const model = await readEnsemble(folder);
  const { network: config, weights, ngrams, vocabulary, vote } = model;
  const tokenizer = await tokenizerFrom(model.tokenizer);
  const network = config.lanes.length > 0 ? new CompiledNetwork(config, weights) : undefined;
  const groups = groupsOf(ngrams);
  const scorers = groups.map((lanes) => new NgramScorer(lanes));

  const count = Math.floor(texts.length / batch);
  const batches = Array.from({ length: count }, (_, at) => texts.slice(at * batch, (at + 1) * batch));
  const cut = batches.map((each) => each.map((text) => tokenizer(text)));
  const idsOf = (tokens: ReturnType<typeof tokenizer>) => Int32Array.from(tokens, (token) => vocabulary.id(token.text));
  const encoded = cut.map((each) => each.map((tokens) => ({ ids: idsOf(tokens) })));
  const scoreNgrams = (at: number) => scorers.flatMap((scorer) => scorer.score(batches[at] ?? []));
  const scoreNetworks = (at: number) => {
    const packed = packIds(encoded[at] ?? [], config.maxLength, minLengthOf(config));
    return config.lanes.map(({ name }) => network?.score(name, packed) ?? new Float32Array(0));
  };
  const lanes = groups.flatMap((group) => group.map((lane) => lane.config));
  const layout = layoutOf([...lanes, ...config.lanes]);
  const panels = batches.map((_, at) => new Panel(layout, [...scoreNgrams(at), ...scoreNetworks(at)]));
  if (lanesOfModel({ ngrams, network: config }).length !== layout.lanes.length) throw new Error('a lane is missing');
  const decide = weightedVote(vote);

  const stage = (name: string, work: (at: number) => unknown): Contestant => ({
    name,
    documents: batch,
    run: (number) => {
      work(number % count);
    },
  });
  return {
    stages: [
      stage('tokenize', (at) => batches[at]?.map((text) => tokenizer(text))),
      stage('encode', (at) => cut[at]?.map(idsOf)),
      stage(NGRAMS, scoreNgrams),
      stage('lanes that are networks', scoreNetworks),
      stage('vote', (at) => {
        const panel = panels[at];
        for (let row = 0; panel !== undefined && row < batch; row++) decide(new Ballot(panel, row)).label;
      }),
    ],
    parts: groups.flatMap((group, index) => {
      const counter = new NgramCounter(group[0]?.config.features ?? {});
      const counting = stage(`counting n-grams, group ${index + 1}`, (at) => {
        for (const text of batches[at] ?? []) counter.count(text);
      });
      const locale = group[0]?.config.features.locale;
      if (locale === undefined) return [counting];
      const segmenter = new Intl.Segmenter(locale, { granularity: 'word' });
      const segmenting = stage(`Intl.Segmenter alone, ${locale}`, (at) => {
        for (const text of batches[at] ?? []) for (const _ of segmenter.segment(text));
      });
      return [counting, segmenting];
    }),
  };
}
