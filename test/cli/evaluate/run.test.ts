import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { type EvaluateParts, runEvaluate } from '../../../cli/evaluate/run.ts';
import { evaluate, evaluationPage, predict } from '../../../src/ensemble/index.ts';
import { LockstepError } from '../../../src/errors.ts';
import { fakeModel } from '../fake-model.ts';
import { testConsole } from '../test-console.ts';

const ROWS = [
  { label: 'sports', text: 'cup' },
  { label: 'business', text: 'oil' },
  { label: 'business', text: 'cup' },
];

function fakeParts(bad = 0) {
  const closed: string[] = [];
  const parts: EvaluateParts = {
    load: async (name) => ({
      ...fakeModel(name, name === 'other' ? { sports: 'oil', business: 'cup' } : { sports: 'cup', business: 'oil' }),
      close: async () => void closed.push(name),
    }),
    readRows: async (_input, onBadRow) => {
      for (let i = 1; i <= bad; i++) onBadRow(new LockstepError('INVALID_DATA', `Cannot use line ${i}`));
      return ROWS;
    },
    evaluate,
    predict,
    page: evaluationPage,
  };
  return { closed, parts };
}

const ARGUMENTS = { ensemble: 'en-mine', file: 'dev.tsv' };

describe('lockstep evaluate', () => {
  let folder = '';
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'lockstep-evaluate-'));
  });
  after(() => rm(folder, { recursive: true }));

  it('draws the report, and closes the ensemble', async () => {
    const { closed, parts } = fakeParts();
    const console = testConsole();
    expect(await runEvaluate(ARGUMENTS, console, parts)).to.equal(0);
    expect(console.out()).to.include('en-mine: 3 rows, 2 labels').and.to.include('66.67 %');
    expect(console.err()).to.equal('');
    expect(closed).to.deep.equal(['en-mine']);
  });

  it('writes JSON when asked to', async () => {
    const console = testConsole();
    await runEvaluate({ ...ARGUMENTS, format: 'json' }, console, fakeParts().parts);
    const expected = await evaluate(fakeModel('en-mine', { sports: 'cup', business: 'oil' }), ROWS);
    expect(JSON.parse(console.out())).to.deep.equal(JSON.parse(JSON.stringify(expected)));
  });

  it('writes a page beside the report', async () => {
    const console = testConsole();
    const html = join(folder, 'report.html');
    await runEvaluate({ ...ARGUMENTS, html }, console, fakeParts().parts);
    expect(await readFile(html, 'utf8'))
      .to.match(/^<!DOCTYPE html>/)
      .and.include('en-mine');
    expect(console.out()).to.include('en-mine: 3 rows');
    expect(console.err()).to.equal(`lockstep: see ${html}\n`);
  });

  it('compares with another ensemble, and closes both', async () => {
    const { closed, parts } = fakeParts();
    const console = testConsole();
    await runEvaluate({ ...ARGUMENTS, against: 'other', format: 'json' }, console, parts);
    expect(JSON.parse(console.out()).against).to.include({
      name: 'other',
      accuracy: 1 / 3,
      onlyFirst: 2,
      onlyOther: 1,
    });
    expect(closed).to.deep.equal(['other', 'en-mine']);
  });

  it('compares with a file of predictions, which may know other labels', async () => {
    const predictions = join(folder, 'svm.txt');
    await writeFile(predictions, 'sports\r\nbusiness\nweather\n');
    const console = testConsole();
    await runEvaluate({ ...ARGUMENTS, againstPredictions: predictions, format: 'json' }, console, fakeParts().parts);
    expect(JSON.parse(console.out()).against).to.include({ name: 'svm.txt', accuracy: 2 / 3, onlyFirst: 0 });
  });

  it('refuses predictions of other rows, and two things to compare with', async () => {
    const predictions = join(folder, 'short.txt');
    await writeFile(predictions, 'sports\n');
    for (const [args, code] of [
      [{ againstPredictions: predictions }, 'INVALID_DATA'],
      [{ againstPredictions: join(folder, 'missing') }, 'INVALID_DATA'],
      [{ againstPredictions: predictions, against: 'other' }, 'INVALID_ARGUMENT'],
    ] as const) {
      const { parts } = fakeParts();
      const console = testConsole();
      const error = await runEvaluate({ ...ARGUMENTS, ...args }, console, parts).catch((failure) => failure);
      expect(error).to.include({ code });
      expect(console.out()).to.equal('');
    }
  });

  it('reports bad rows and ends with 3', async () => {
    const console = testConsole();
    expect(await runEvaluate(ARGUMENTS, console, fakeParts(1).parts)).to.equal(3);
    expect(console.err()).to.equal('lockstep: Cannot use line 1 [INVALID_DATA]\nlockstep: 1 row was not used\n');
  });

  it('closes the ensemble if measuring fails', async () => {
    const { closed, parts } = fakeParts();
    const failure = new LockstepError('INVALID_DATA', 'a label that the model does not know');
    const failing = async () => {
      throw failure;
    };
    const ended = runEvaluate(ARGUMENTS, testConsole(), { ...parts, evaluate: failing });
    expect(await ended.catch((error) => error)).to.equal(failure);
    expect(closed).to.deep.equal(['en-mine']);
  });
});
