import { expect } from 'chai';
import type { Row } from '../../src/ensemble/rows.ts';
import { train } from '../../src/ensemble/train.ts';
import type { TrainOptions } from '../../src/ensemble/train-options.ts';
import type { NetworksProgress } from '../../src/ensemble/training-progress.ts';
import { loadBackend } from '../../src/subtasks/backend.ts';
import type { LaneConfig } from '../../src/subtasks/lane-config.ts';
import { NgramScorer } from '../../src/subtasks/ngrams/ngram-scorer.ts';
import { seededRandom } from '../../src/subtasks/random.ts';

const TOPICS: Readonly<Record<string, readonly string[]>> = {
  sports: ['cup', 'team', 'goal', 'coach'],
  money: ['bank', 'stock', 'price', 'fund'],
  tech: ['chip', 'phone', 'code', 'robot'],
};
const FILLERS = ['the', 'a', 'of', 'new', 'old', 'says', 'will'];

/** Sentences that one word or two give away. */
function sentences(count: number, seed: string): Row[] {
  const random = seededRandom(seed);
  const oneOf = (words: readonly string[]) => words[Math.floor(random() * words.length)] ?? '';
  return Array.from({ length: count }, (_, i) => {
    const label = Object.keys(TOPICS)[i % 3] ?? '';
    const telling = oneOf(TOPICS[label] ?? []);
    return { label, text: `${oneOf(FILLERS)} ${oneOf(FILLERS)} ${telling} ${oneOf(FILLERS)} number ${i}` };
  });
}

const SMALL: TrainOptions = {
  backend: 'wasm',
  embedding: { dimensions: 8, dropout: 0.1 },
  vocabulary: { minCount: 2 },
  lanes: [
    { kind: 'cnn', name: 'tech', labels: ['tech'], widths: [1, 2], filters: 4, dropout: 0.1 },
    { kind: 'rnn', name: 'money', labels: ['money'], cell: 'gru', units: 4 },
    { kind: 'fcn', name: 'all', labels: ['sports', 'money', 'tech'], hidden: [8], pooling: 'mean' },
  ],
  epochs: 6,
  batchSize: 16,
  learningRate: 0.02,
  validation: 0.2,
};

const failure = (ended: Promise<unknown>): Promise<Error> =>
  ended.then(
    () => expect.fail('expected it to reject'),
    (error) => error,
  );

describe('train', function () {
  this.timeout(20_000);

  it('learns, tells how far it is, and fits a vote', async () => {
    const told: NetworksProgress[] = [];
    const trained = await train(sentences(180, 'a'), {
      ...SMALL,
      name: 'topics',
      onProgress: (p) => p.stage === 'networks' && told.push(p),
    });
    expect(trained.accuracy).to.be.at.least(0.95);
    expect(trained.labels).to.deep.equal(['money', 'sports', 'tech']);
    expect(trained.tokenizer).to.deep.equal({ kind: 'words', lowercase: true });
    expect(trained.vocabulary.id('cup')).to.be.above(1);
    expect(trained.network).to.deep.include({ vocabularySize: trained.vocabulary.size, maxLength: 8, seed: 1 });
    expect(trained.vote.weights).to.have.all.keys('tech', 'money', 'all');
    expect(trained.vote.bias).to.have.all.keys('money', 'sports', 'tech');
    expect(trained.training).to.include({
      rows: 180, // all of them, in the end
      heldBackRows: 36,
      backend: 'wasm',
      heldBackAccuracy: trained.accuracy,
    });

    const epochs = told.filter(({ accuracy }) => accuracy !== undefined);
    expect(epochs.map(({ run }) => run)).to.deep.equal(epochs.map(() => 1));
    expect(told.at(-1)).to.include({ run: 2, runs: 2, epoch: 6, done: 1, secondsLeft: 0 });
    expect(epochs.map(({ epoch }) => epoch)).to.deep.equal(epochs.map((_, i) => i + 1));
    expect(epochs).to.have.length(trained.training.epochs);
    expect(epochs.at(0)).to.include({ epoch: 1, epochs: 6, step: 9, steps: 9 });
    expect(epochs.at(-1)?.loss).to.be.below(epochs[0]?.loss ?? 0);
    for (const [i, { done, secondsLeft }] of told.entries()) {
      expect(done).to.be.within(told[i - 1]?.done ?? 0, 1);
      expect(secondsLeft).to.be.at.least(0);
    }
    expect(JSON.parse(JSON.stringify(told[0]))).to.deep.include({ epoch: 1 });
  });

  it('gives the same ensemble for the same seed, and another for another', async () => {
    const rows = sentences(60, 'b');
    const run = (seed: number) => train(rows, { ...SMALL, epochs: 2, seed });
    const [once, again, other] = [await run(3), await run(3), await run(4)];
    expect(again.weights).to.deep.equal(once.weights);
    expect(again.vote).to.deep.equal(once.vote);
    expect(other.weights).not.to.deep.equal(once.weights);
  });

  it('asks lanes about every row that they have not seen, in folds, and then learns from all', async () => {
    const rows = sentences(60, 'k');
    const twins = rows.map(({ label, text }) => ({ label, text: `${text.toUpperCase()}!` }));
    const told: NetworksProgress[] = [];
    const trained = await train([...rows, ...twins], {
      ...SMALL,
      validation: undefined,
      folds: 3,
      epochs: 2,
      onProgress: (p) => p.stage === 'networks' && told.push(p),
    });
    expect(trained.training).to.include({ rows: 120, heldBackRows: 120, epochs: 2, bestEpoch: 2 });
    expect([...new Set(told.map(({ run, runs }) => `${run}/${runs}`))]).to.deep.equal(['1/4', '2/4', '3/4', '4/4']);
    // The weights that are kept do not depend on how the lanes were tried.
    const once = await train([...rows, ...twins], { ...SMALL, epochs: 2 });
    expect(trained.weights).to.deep.equal(once.weights);
  });

  it('learns from five examples a class', async () => {
    const trained = await train(sentences(15, 'few'), { ...SMALL, validation: undefined, epochs: 1 });
    expect(trained.training).to.include({ rows: 15, heldBackRows: 15 });
    expect(trained.training.rowsByLabel).to.deep.equal({ money: 5, sports: 5, tech: 5 });
  });

  it('learns a thousand classes', async () => {
    const labels = Array.from({ length: 1000 }, (_, i) => `label ${i}`);
    const rowsOf = (age: string) => labels.map((label, i) => ({ label, text: `word${i} ${age}` }));
    const trained = await train(rowsOf('old'), {
      ...SMALL,
      lanes: [
        { kind: 'ngrams', name: 'words', labels, features: { words: [1, 1] } },
        { kind: 'fcn', name: 'fcn', labels, hidden: [], pooling: 'mean' },
      ],
      validation: rowsOf('new').slice(0, 20),
      epochs: 1,
    });
    expect(trained.labels).to.have.length(1000);
    expect(trained.accuracy).to.be.above(0.9);
  });

  it('learns from texts of a single token', async () => {
    const rows = Array.from({ length: 40 }, (_, i) => ({
      label: i % 2 ? 'tech' : 'money',
      text: i % 2 ? 'chip' : `${i} `.trim(),
    }));
    const common = { labels: ['money', 'tech'], dropout: 0.1 };
    const trained = await train(rows, {
      ...SMALL,
      labels: ['money', 'tech'],
      lanes: [
        { ...common, kind: 'rnn', name: 'gru', cell: 'gru', units: 4, bidirectional: true, pooling: 'max-mean' },
        { ...common, kind: 'rnn', name: 'lstm', cell: 'lstm', units: 4 },
        { ...common, kind: 'dpcnn', name: 'dpcnn', filters: 4, blocks: 2 },
        { ...common, kind: 'attention', name: 'attention', heads: 1, units: 4 },
      ],
      validation: [...rows.slice(0, 4)],
      epochs: 1,
    });
    expect(trained.training.epochs).to.equal(1);
  });

  it('keeps the best epoch, and stops when none is better for a while', async () => {
    // The labels of the rows held back are all wrong: what is learned makes it worse there.
    const wrong = sentences(30, 'c').map(({ text }, i) => ({ text, label: ['money', 'tech', 'sports'][i % 3] ?? '' }));
    const best = await train(sentences(90, 'd'), { ...SMALL, epochs: 20, patience: 2, validation: wrong });
    expect(best.training.epochs)
      .to.equal(best.training.bestEpoch + 2)
      .and.to.be.below(20);
    const short = await train(sentences(90, 'd'), {
      ...SMALL,
      epochs: 20,
      patience: 1,
      validation: wrong,
    });
    if (short.training.bestEpoch === best.training.bestEpoch) expect(short.weights).to.deep.equal(best.weights);
  });

  it('stops when aborted, with the best so far', async () => {
    const abort = new AbortController();
    const trained = await train(sentences(180, 'e'), {
      ...SMALL,
      epochs: 50,
      signal: abort.signal,
      onProgress: (progress) => {
        if (progress.stage === 'networks' && progress.epoch === 2 && progress.accuracy !== undefined) abort.abort();
      },
    });
    expect(trained.training.epochs).to.equal(2);
    expect(trained.accuracy).to.be.above(0.3);
    const early = new AbortController();
    const told: NetworksProgress[] = [];
    const cutShort = await train(sentences(180, 'e'), {
      ...SMALL,
      signal: early.signal,
      onProgress: (progress) => {
        if (progress.stage === 'networks') told.push(progress);
        early.abort();
      },
    });
    expect(told.map(({ epoch, step, accuracy }) => [epoch, step, accuracy])).to.deep.equal([
      [1, 1, undefined],
      [1, 1, told[1]?.accuracy],
    ]);
    expect(cutShort.training).to.include({ epochs: 1, bestEpoch: 1 });
    const late = new AbortController();
    const inTheEnd = await train(sentences(60, 'e'), {
      ...SMALL,
      epochs: 2,
      signal: late.signal,
      onProgress: (progress) => {
        if (progress.stage === 'networks' && progress.run === 2) late.abort();
      },
    });
    expect(inTheEnd.training).to.include({ rows: 48, epochs: 2, bestEpoch: 2 }); // the lanes that were tried
    const atOnce = await train(sentences(60, 'e'), { ...SMALL, signal: AbortSignal.abort() });
    expect(atOnce.training).to.include({ epochs: 0, bestEpoch: 0 });
  });

  it('says so when the loss or a weight is no longer finite', async () => {
    const error = await failure(train(sentences(60, 'f'), { ...SMALL, learningRate: 1e30 }));
    expect(error).to.include({ code: 'INVALID_DATA' });
    expect(error.message).to.match(/is not finite (in|after) epoch \d.*: try a smaller learning rate than 1e\+30$/);
  });

  it('leaves no tensors behind, whether it ends well or not', async () => {
    const { tf } = await loadBackend({ prefer: 'wasm' });
    await train(sentences(60, 'j'), { ...SMALL, epochs: 1 }); // what a backend keeps for ever is there now
    const before = tf.memory().numTensors;
    await train(sentences(60, 'j'), { ...SMALL, epochs: 2 });
    expect(tf.memory().numTensors).to.equal(before);
    await failure(train(sentences(60, 'j'), { ...SMALL, learningRate: 1e30 }));
    expect(tf.memory().numTensors).to.equal(before);
  });

  it('leaves out rows of labels that are not asked for', async () => {
    const rows = [...sentences(60, 'g'), { label: 'other', text: 'something else' }];
    const trained = await train(rows, { ...SMALL, labels: ['tech', 'sports', 'money'], epochs: 1 });
    expect(trained.labels).to.deep.equal(['tech', 'sports', 'money']);
    expect(trained.training).to.include({ rows: 60, heldBackRows: 12 });
  });

  it('fits lanes over n-grams without a tensor library, in a trial and to all rows, and learns from extra rows', async () => {
    const lanes = Object.keys(TOPICS).map(
      (label): LaneConfig => ({
        kind: 'ngrams',
        name: label,
        labels: [label],
        features: { words: [1, 2], characters: [1, 3] },
      }),
    );
    const told: number[] = [];
    const extra = Array.from({ length: 30 }, (_, i) => ({ label: 'tech', text: `quantum ${i}` }));
    const trained = await train(sentences(120, 'n'), {
      lanes,
      extra,
      validation: 0.25,
      onProgress: (progress) => progress.stage === 'n-grams' && told.push(progress.done),
    });
    expect(trained.accuracy).to.equal(1);
    expect(trained.training).to.include({ backend: 'none', rows: 150, heldBackRows: 30, epochs: 0 });
    expect(trained.vocabulary.size).to.equal(2);
    expect(told.map((done) => Math.round(done * 6))).to.deep.equal([1, 2, 3, 4, 5, 6]);
    const [scores = []] = new NgramScorer(trained.ngrams.slice(2)).score(['quantum', 'cup']);
    expect(trained.ngrams[2]?.config.name).to.equal('tech');
    expect(scores[0])
      .to.be.above(0.5)
      .and.above(scores[1] ?? 1);
    const again = await train(sentences(120, 'n'), { lanes, extra, validation: 0.25 });
    expect(again.ngrams).to.deep.equal(trained.ngrams);
  });

  it('decomposes as the preset of the language says', async () => {
    const chinese = sentences(30, 'h').map(({ label }, i) => ({
      label,
      text: `${label === 'tech' ? '芯片' : '基金'}新闻${'一二三四五六七八九十'[i % 10]}${i}`,
    }));
    const options = { epochs: 1, backend: 'wasm', validation: 0.2 } as const;
    const zh = await train(chinese, options);
    expect(zh.tokenizer).to.deep.equal({ kind: 'characters', lowercase: true });
    expect(zh.ngrams.map(({ config }) => config.features.locale)).to.include('zh');
    const en = await train(sentences(60, 'h'), options);
    expect(en.tokenizer).to.deep.equal({ kind: 'words', lowercase: true });
    const asked = await train(chinese, { ...options, preset: 'en' });
    expect(asked.tokenizer).to.deep.equal(en.tokenizer);
  });

  describe('refuses', () => {
    const rows = sentences(12, 'i');
    const cases: readonly (readonly [string, string, readonly Row[], TrainOptions])[] = [
      ['no rows', 'INVALID_DATA', [], {}],
      ['one label', 'INVALID_DATA', rows.filter(({ label }) => label === 'tech'), {}],
      ['a label without rows', 'INVALID_DATA', rows, { labels: ['tech', 'poetry'] }],
      ['a label with one text', 'INVALID_DATA', [...rows, { label: 'lonely', text: 'x' }], {}],
      ['an unknown preset', 'INVALID_ARGUMENT', rows, JSON.parse('{ "preset": "fr" }')],
      ['no lanes', 'INVALID_ARGUMENT', rows, { lanes: [] }],
      ['no epochs', 'INVALID_ARGUMENT', rows, { epochs: 0 }],
      ['a batch of half a row', 'INVALID_ARGUMENT', rows, { batchSize: 0.5 }],
      ['no learning rate', 'INVALID_ARGUMENT', rows, { learningRate: 0 }],
      ['a seed that is no integer', 'INVALID_ARGUMENT', rows, { seed: Number.NaN }],
      ['no patience', 'INVALID_ARGUMENT', rows, { patience: 0 }],
      ['no folds', 'INVALID_ARGUMENT', rows, { folds: 0 }],
      ['folds beside a validation part', 'INVALID_ARGUMENT', rows, { folds: 3, validation: 0.2 }],
      ['a validation part of 1', 'INVALID_ARGUMENT', rows, { validation: 1 }],
      ['validation rows of other labels', 'INVALID_ARGUMENT', rows, { validation: [{ label: 'x', text: 'x' }] }],
      [
        'a lane over an unknown label',
        'INVALID_ARGUMENT',
        rows,
        { lanes: [{ kind: 'fcn', name: 'x', labels: ['x'], hidden: [], pooling: 'mean' }] },
      ],
      [
        'a label that no lane knows',
        'INVALID_ARGUMENT',
        rows,
        { lanes: [{ kind: 'fcn', name: 'x', labels: ['tech'], hidden: [], pooling: 'mean' }] },
      ],
      ['vectors that are not there', 'INVALID_DATA', rows, { vectors: 'nowhere.txt' }],
    ];
    for (const [what, code, given, options] of cases)
      it(what, async () => {
        expect(await failure(train(given, { ...options, backend: 'wasm' }))).to.include({ code });
      });
  });
});
