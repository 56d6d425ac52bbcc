import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { Checkpoint, checkpointOf } from '../../src/ensemble/checkpoint.ts';
import type { Row } from '../../src/ensemble/rows.ts';
import { train } from '../../src/ensemble/train.ts';
import type { TrainOptions } from '../../src/ensemble/train-options.ts';
import type { TrainingProgress } from '../../src/ensemble/training-progress.ts';

const ROWS: readonly Row[] = Array.from({ length: 60 }, (_, i) => {
  const label = i % 2 === 0 ? 'sports' : 'money';
  return { label, text: `the ${label === 'sports' ? 'cup' : 'bank'} number ${i}` };
});

const OPTIONS: TrainOptions = {
  backend: 'wasm',
  embedding: { dimensions: 4 },
  lanes: [
    { kind: 'ngrams', name: 'words', labels: ['money', 'sports'], features: { words: [1, 1] } },
    { kind: 'fcn', name: 'fcn', labels: ['money', 'sports'], hidden: [], pooling: 'mean' },
  ],
  epochs: 2,
  folds: 2,
};

const always = () => true;

describe('checkpoints', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'checkpoint-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('make once what was kept, and again what was not', async () => {
    let made = 0;
    const make = async () => ({ made: ++made, weights: new Map([['a', Float32Array.of(1, 2)]]) });
    const checkpoint = new Checkpoint(join(folder, 'new'));
    expect(await checkpoint.once('cut short', make, () => false)).to.deep.include({ isKept: false });
    expect((await checkpoint.once('cut short', make, always)).value.made).to.equal(2);
    const again = await new Checkpoint(join(folder, 'new')).once('cut short', make, always);
    expect(again).to.deep.equal({ value: { made: 2, weights: new Map([['a', Float32Array.of(1, 2)]]) }, isKept: true });
    expect((await checkpoint.once('another', make, always)).value.made).to.equal(3);
    await writeFile(join(folder, 'new', 'another.v8'), 'torn');
    expect((await checkpoint.once('another', make, always)).value.made).to.equal(4);
    const nowhere = new Checkpoint(undefined);
    await nowhere.once('x', make, always);
    expect((await nowhere.once('x', make, always)).value.made).to.equal(6);
  });

  it('say so where nothing can be kept', async () => {
    await writeFile(join(folder, 'file'), '');
    const kept = new Checkpoint(join(folder, 'file')).once('x', async () => 1, always);
    expect(await kept.catch((error) => error)).to.include({ code: 'INVALID_ARGUMENT' });
  });

  it('are those of the same rows and options only', async () => {
    const others: readonly (readonly [readonly Row[], TrainOptions])[] = [
      [ROWS.slice(1), OPTIONS],
      [ROWS.slice(1), { ...OPTIONS, extra: ROWS.slice(0, 1) }],
      [ROWS, { ...OPTIONS, seed: 2 }],
      [ROWS, { ...OPTIONS, epochs: 3 }],
      [ROWS, { ...OPTIONS, folds: undefined, validation: 0.1 }],
      [ROWS, { ...OPTIONS, folds: undefined, validation: ROWS.slice(0, 4) }],
    ];
    const keep = (rows: readonly Row[], options: TrainOptions) =>
      checkpointOf(rows, { ...options, checkpoint: folder }).once('x', async () => 0, always);
    for (const [rows, options] of [[ROWS, OPTIONS] as const, ...others])
      expect(await keep(rows, options)).to.include({ isKept: false });
    expect(await readdir(folder)).to.have.length(others.length + 1);
    const told = { ...OPTIONS, name: 'x', onProgress: () => undefined, signal: new AbortController().signal };
    expect(await keep(ROWS, told)).to.include({ isKept: true });
  });

  it('let training go on after a kill, to the same ensemble', async () => {
    const whole = await train(ROWS, OPTIONS);
    const killed = train(ROWS, {
      ...OPTIONS,
      checkpoint: folder,
      onProgress: (progress) => {
        if (progress.stage === 'networks' && progress.run === 2) throw new Error('killed');
      },
    });
    expect(await killed.catch((error) => error)).to.have.property('message', 'killed');
    const told: TrainingProgress[] = [];
    const resumed = await train(ROWS, {
      ...OPTIONS,
      checkpoint: folder,
      onProgress: (progress) => told.push(progress),
    });
    expect(resumed.weights).to.deep.equal(whole.weights);
    expect(resumed.ngrams).to.deep.equal(whole.ngrams);
    expect(resumed.vote).to.deep.equal(whole.vote);
    expect(told.flatMap((progress) => (progress.stage === 'networks' ? [progress.run] : []))).to.not.include(1);
    for (const progress of told) if (progress.stage === 'networks') expect(progress.secondsLeft).to.be.within(0, 60);
  });
});
