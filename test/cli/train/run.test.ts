import { expect } from 'chai';
import { runTrain, type TrainParts, type TrainSettings } from '../../../cli/train/run.ts';
import { LockstepError } from '../../../src/errors.ts';
import { testConsole } from '../test-console.ts';

const ROWS = [
  { label: 'a', text: 'one' },
  { label: 'b', text: 'two' },
];
const STEP = {
  stage: 'networks',
  run: 1,
  runs: 1,
  step: 3,
  steps: 3,
  epoch: 1,
  epochs: 2,
  done: 0.5,
  loss: 0.7,
  accuracy: 0.5,
} as const;

/** Parts that note what they are asked. */
function fakeParts({
  bad = 0,
  taken = false,
  during = () => {},
}: {
  readonly bad?: number;
  readonly taken?: boolean;
  readonly during?: () => void;
} = {}) {
  const asked: { input?: unknown; settings?: TrainSettings; saved?: string } = {};
  const parts: TrainParts = {
    checkTarget: async (folder) => {
      if (taken) throw new LockstepError('INVALID_ARGUMENT', `${folder} is taken`);
    },
    readRows: async (input, onBadRow) => {
      asked.input = input;
      for (let i = 1; i <= bad; i++) onBadRow(new LockstepError('INVALID_DATA', `Cannot use line ${i}`));
      return ROWS;
    },
    train: async (rows, settings) => {
      expect(rows).to.equal(ROWS);
      asked.settings = settings;
      settings.onStep(STEP);
      during();
      return {
        accuracy: 0.875,
        save: async (folder) => {
          asked.saved = folder;
        },
      };
    },
  };
  return { asked, parts };
}

describe('lockstep train', () => {
  it('trains on the rows and saves the ensemble', async () => {
    const { asked, parts } = fakeParts();
    const console = testConsole();
    expect(await runTrain({ data: ['rows.tsv'], out: 'model', seed: 7 }, console, parts)).to.equal(0);
    expect(asked).to.include({ input: 'rows.tsv', saved: 'model' });
    expect(asked.settings).to.include({ seed: 7 }).and.not.to.have.any.keys('data', 'out');
    expect(console.err().trim().split('\n')).to.deep.equal([
      'lockstep: epoch 1/2  loss 0.7000  accuracy 50.0 %',
      'lockstep: model: accuracy 87.5 % on the rows that were held back',
    ]);
    expect(console.listens()).to.equal(false);
  });

  it('learns from further files, and holds the rows of --dev back', async () => {
    const { asked, parts } = fakeParts();
    const read: unknown[] = [];
    const readRows: TrainParts['readRows'] = async (input) => {
      read.push(input);
      return input === 'rows.tsv' ? ROWS : [{ label: 'a', text: String(input) }];
    };
    const given = { data: ['rows.tsv', 'more.tsv', 'old.tsv'], dev: 'dev.tsv', preset: 'en', out: 'model' } as const;
    expect(await runTrain(given, testConsole(), { ...parts, readRows })).to.equal(0);
    expect(read).to.deep.equal(['rows.tsv', 'more.tsv', 'old.tsv', 'dev.tsv']);
    expect(asked.settings?.extra.map(({ text }) => text)).to.deep.equal(['more.tsv', 'old.tsv']);
    expect(asked.settings?.validation).to.deep.equal([{ label: 'a', text: 'dev.tsv' }]);
    expect(asked.settings).to.include({ preset: 'en' }).and.not.to.have.any.keys('dev', 'data');
  });

  it('refuses a folder that it could not save in, before it reads or trains', async () => {
    const { asked, parts } = fakeParts({ taken: true });
    const ended = runTrain({ data: ['rows.tsv'], out: 'model' }, testConsole(), parts);
    expect(await ended.catch((error) => error)).to.include({ code: 'INVALID_ARGUMENT', message: 'model is taken' });
    expect(asked).to.deep.equal({});
  });

  it('reads standard input for -', async () => {
    const { asked, parts } = fakeParts();
    const console = testConsole();
    await runTrain({ data: ['-'], out: 'model' }, console, parts);
    expect(asked.input).to.equal(console.stdin);
  });

  it('reports bad rows, the first of them, and ends with 3', async () => {
    const { parts } = fakeParts({ bad: 12 });
    const console = testConsole();
    expect(await runTrain({ data: ['rows.tsv'], out: 'model' }, console, parts)).to.equal(3);
    expect(console.err()).to.include('Cannot use line 10 [INVALID_DATA]').and.not.to.include('line 11');
    expect(console.err()).to.include('12 rows were not used, of which the first are shown');
  });

  it('saves the best so far when interrupted, and ends with 130', async () => {
    const console = testConsole();
    const { asked, parts } = fakeParts({ during: console.interrupt });
    expect(await runTrain({ data: ['rows.tsv'], out: 'model' }, console, parts)).to.equal(130);
    expect(asked.settings?.signal.aborted).to.equal(true);
    expect(asked.saved).to.equal('model');
  });

  it('fails as training does, and leaves nothing behind', async () => {
    const failure = new LockstepError('INVALID_DATA', 'one class only');
    const console = testConsole({ terminal: true });
    const { parts } = fakeParts();
    const train = async () => {
      throw failure;
    };
    expect(await runTrain({ data: ['x'], out: 'y' }, console, { ...parts, train }).catch((error) => error)).to.equal(
      failure,
    );
    expect(console.listens()).to.equal(false);
    expect(console.err().endsWith('\u001B[K')).to.equal(true);
  });

  it('refuses a number of lanes where nothing is decomposed, before anything is read', async () => {
    const { asked, parts } = fakeParts();
    const ended = runTrain({ data: ['rows.tsv'], out: 'model', lanes: 2 }, testConsole(), parts);
    expect(await ended.catch((error) => error)).to.include({ code: 'INVALID_ARGUMENT' });
    expect(asked).to.deep.equal({});
  });
});
