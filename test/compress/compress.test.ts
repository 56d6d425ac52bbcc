import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { choose, compress, type Exploration, explore } from '../../src/compress/compress.ts';
import { compressEnsemble } from '../../src/compress/compress-ensemble.ts';
import { loadEnsemble, readEnsemble } from '../../src/ensemble/load.ts';
import { filesOf, saveEnsemble } from '../../src/ensemble/save.ts';
import { evaluate } from '../../src/evaluate/evaluate.ts';
import { parseBoostedTrees } from '../../src/integrate/boosting/boosted-trees.ts';
import { rowsOf, smallEnsemble } from './small-ensemble.ts';

const failure = (ended: Promise<unknown>): Promise<Error> =>
  ended.then(
    () => expect.fail('expected it to reject'),
    (error) => error,
  );

describe('compress', function () {
  this.timeout(20_000);
  const rows = rowsOf(80, 'dev');
  const backend = 'wasm';
  let parent: string;
  let exploration: Exploration;
  const progress: number[] = [];

  before(async () => {
    parent = await mkdtemp(join(tmpdir(), 'compress-'));
    exploration = await explore(smallEnsemble(), rows, { backend, onProgress: (done) => progress.push(done) });
  });
  after(() => rm(parent, { recursive: true }));

  it('finds a frontier: each candidate is larger and better than the one before', () => {
    const { frontier } = exploration;
    expect(frontier.length).to.be.above(5);
    for (const [i, { bytes, logLoss }] of frontier.slice(1).entries()) {
      expect(bytes).to.be.above(frontier[i]?.bytes ?? 0);
      expect(logLoss).to.be.below(frontier[i]?.logLoss ?? 0);
    }
    expect(progress.at(-1)).to.equal(1);
    expect(progress).to.deep.equal(progress.toSorted((a, b) => a - b));
  });

  it('chooses the best that fits, whatever the size', () => {
    const bySize = exploration.frontier.map(({ bytes }) => bytes + 4000);
    let before = Number.POSITIVE_INFINITY;
    for (const to of bySize) {
      const { bytes, logLoss } = choose(exploration, { to });
      expect(bytes).to.be.at.most(to);
      expect(logLoss).to.be.at.most(before);
      before = logLoss;
    }
    expect(choose(exploration, { to: 1e9 }).logLoss).to.equal(exploration.frontier.at(-1)?.logLoss);
  });

  it('has measured what is loaded in the end, byte by byte and verdict by verdict', async () => {
    for (const to of [3500, 1e6]) {
      const { model, precision, bytes, accuracy, logLoss, steps } = choose(exploration, { to });
      const folder = join(parent, `measured-${to}`);
      await saveEnsemble(model, folder, { precision });
      const files = await Promise.all((await readdir(folder)).map((file) => readFile(join(folder, file))));
      expect(files.reduce((sum, file) => sum + file.length, 0)).to.equal(bytes);
      const ensemble = await loadEnsemble(folder, { backend, thread: false });
      const evaluation = await evaluate(ensemble, rows);
      await ensemble.close();
      expect(evaluation.accuracy).to.equal(accuracy);
      expect(evaluation.logLoss).to.be.closeTo(logLoss, 1e-6);
      expect(steps.length).to.be.within(2, 3);
    }
  });

  it('leaves lanes out where there is no room, and says so', () => {
    const { model, steps } = choose(exploration, { to: 3000 });
    expect(model.network.lanes).to.deep.equal([]);
    expect(Object.keys(model.vote.weights)).to.deep.equal(['sports', 'business']);
    expect(steps).to.include('networks (fcn): left out');
    expect(steps[0]).to.match(
      /^n-grams \(sports, business\): weights in [34] bits, hashes of \d+ bits, \d+ % of the n-grams kept$/,
    );
  });

  it('refuses less than can be reached, and says what can', async () => {
    const error = await failure(compress(smallEnsemble(), { to: 100, rows, backend }));
    expect(error).to.include({ code: 'INVALID_ARGUMENT' });
    const [, least = ''] = /at least (\d+) bytes.*got 100$/.exec(error.message) ?? [];
    expect(choose(exploration, { to: Number(least) }).bytes).to.equal(Number(least));
    expect(() => choose(exploration, { to: Number(least) - 1 })).to.throw(`at least ${least} bytes`);
  });

  it('refuses sizes that are none, no rows, and labels that it does not know', async () => {
    for (const to of [0, -1, 1.5, Number.NaN])
      expect(await failure(compress(smallEnsemble(), { to, rows }))).to.include({ code: 'INVALID_ARGUMENT' });
    const none = await failure(compress(smallEnsemble(), { to: 1e6, rows: [] }));
    expect(none).to.include({ code: 'INVALID_DATA', message: 'Expected labelled rows to choose by, got none' });
    const weather = await failure(compress(smallEnsemble(), { to: 1e6, rows: [{ label: 'weather', text: 'w1' }] }));
    expect(weather).to.include({ code: 'INVALID_DATA' });
    expect(weather.message).to.include('got "weather"');
  });

  it('leaves out nothing that a label needs', async () => {
    const { network, ...model } = smallEnsemble();
    const onlySports = { ...network, lanes: [{ ...network.lanes[0], labels: ['sports'] }] };
    const one = { ...model, ngrams: model.ngrams.slice(1), network: JSON.parse(JSON.stringify(onlySports)) };
    const kernel = { shape: [8, 1], data: new Float32Array(8).fill(0.3) };
    const weights = new Map(model.weights)
      .set('fcn/output/kernel', kernel)
      .set('fcn/output/bias', { shape: [1], data: new Float32Array(1) });
    const vote = { ...model.vote, weights: { business: 1, fcn: 1 } };
    const { frontier } = await explore({ ...one, weights, vote }, rows, { backend });
    for (const { variants } of frontier) expect(variants.every(({ setting }) => setting !== undefined)).to.equal(true);
  });

  it('keeps all lanes, and the vote as it is, where boosted trees decide', async () => {
    const model = smallEnsemble();
    const lanes = [
      { name: 'sports', labels: ['sports'] },
      { name: 'business', labels: ['business'] },
      { name: 'fcn', labels: ['sports', 'business'] },
    ];
    const trees = parseBoostedTrees({ baseline: [0.5, 0], features: 4, rounds: [] });
    const boosted = { labels: model.labels, lanes, trees };
    const { frontier } = await explore({ ...model, vote: { ...model.vote, boosted } }, rows, { backend });
    for (const { variants, temperature } of frontier) {
      expect(variants.every(({ setting }) => setting !== undefined)).to.equal(true);
      expect(temperature).to.equal(1);
    }
  });

  describe('compressEnsemble', () => {
    it('saves it with a card that tells what was done, and keeps what the card said', async () => {
      const folder = join(parent, 'large');
      const out = join(parent, 'compressed');
      const card = { description: 'For tests.', licence: 'Any.', notes: 'Mine.' };
      await saveEnsemble(smallEnsemble(), folder, { precision: 'f32', card });
      await writeFile(
        join(folder, 'README.md'),
        `${await readFile(join(folder, 'README.md'), 'utf8')}\n## Thanks\nTo you.\n`,
      );
      const report = await compressEnsemble(folder, out, { to: 6000, rows, backend, on: 'dev.tsv' });
      const { before, after, steps } = report;
      expect(after.bytes).to.be.at.most(6000).and.to.be.below(before.bytes);
      expect(before.textsPerSecond).to.be.above(0);
      expect(after.evaluation.against?.name).to.equal('small before');
      expect(report.sameLabel).to.be.within(0.5, 1);
      const written = await readFile(join(out, 'README.md'), 'utf8');
      for (const part of [
        'For tests.',
        '## Licence\nAny.',
        'Mine.',
        '## Thanks\nTo you.',
        `- ${steps[0]}`,
        '| before |',
        'dev.tsv',
      ])
        expect(written).to.include(part);
      expect((await readEnsemble(out)).name).to.equal('small');
      expect(JSON.parse(JSON.stringify(report))).to.deep.equal(report);

      const again = await compressEnsemble(out, out, { to: 5000, rows, backend });
      expect(again.after.bytes).to.be.at.most(5000);
      const twice = await readFile(join(out, 'README.md'), 'utf8');
      expect(twice.match(/\| before \|/g)).to.have.length(2);
      expect(twice.match(/For tests\./g)).to.have.length(1);
    });

    it('leaves the folder alone if it cannot', async () => {
      const folder = join(parent, 'given');
      await saveEnsemble(smallEnsemble(), folder);
      const out = join(parent, 'not-there');
      for (const [options, code] of [
        [{ to: 10, rows }, 'INVALID_ARGUMENT'],
        [{ to: 1e6, rows: [] }, 'INVALID_DATA'],
      ] as const)
        expect(await failure(compressEnsemble(folder, out, { ...options, backend }))).to.include({ code });
      expect(await failure(compressEnsemble(join(parent, 'nowhere'), out, { to: 1e6, rows }))).to.include({
        code: 'INVALID_ENSEMBLE',
      });
      expect(await readdir(parent)).to.not.include('not-there');
      await writeFile(join(parent, 'file'), '');
      expect(await failure(compressEnsemble(folder, join(parent, 'file'), { to: 1e6, rows }))).to.include({
        code: 'INVALID_ARGUMENT',
      });
    });
  });

  it('counts what a file takes as the file does', () => {
    const files = filesOf(smallEnsemble());
    expect([...files.keys()].sort()).to.deep.equal([
      'README.md',
      'ensemble.json',
      'vocabulary.json',
      'weights.safetensors',
    ]);
  });
});
