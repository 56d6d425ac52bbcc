import { expect } from 'chai';
import type { Report } from '../../../cli/evaluate/report.ts';
import { type EvaluateParts, runEvaluate } from '../../../cli/evaluate/run.ts';
import { LockstepError } from '../../../src/errors.ts';
import { fakeModel } from '../fake-model.ts';
import { testConsole } from '../test-console.ts';

const REPORT: Report = {
  rows: 1,
  accuracy: 1,
  macroF1: 1,
  labels: ['a', 'b'],
  confusion: [
    [1, 0],
    [0, 0],
  ],
  calibrationError: 0,
  lanes: {},
};

function fakeParts(bad = 0) {
  const closed: string[] = [];
  const parts: EvaluateParts = {
    load: async (name) => ({ ...fakeModel(name, { a: 'one', b: 'two' }), close: async () => void closed.push(name) }),
    readRows: async (_input, onBadRow) => {
      for (let i = 1; i <= bad; i++) onBadRow(new LockstepError('INVALID_DATA', `Cannot use line ${i}`));
      return [{ label: 'a', text: 'one' }];
    },
    evaluate: async () => REPORT,
  };
  return { closed, parts };
}

describe('lockstep evaluate', () => {
  it('draws the report, and closes the ensemble', async () => {
    const { closed, parts } = fakeParts();
    const console = testConsole();
    expect(await runEvaluate({ ensemble: 'en-mine', file: 'dev.tsv' }, console, parts)).to.equal(0);
    expect(console.out()).to.include('en-mine: 1 rows').and.to.include('100.00 %');
    expect(closed).to.deep.equal(['en-mine']);
  });

  it('writes JSON when asked to', async () => {
    const console = testConsole();
    await runEvaluate({ ensemble: 'en-mine', file: 'dev.tsv', json: true }, console, fakeParts().parts);
    expect(JSON.parse(console.out())).to.deep.equal(REPORT);
  });

  it('reports bad rows and ends with 3', async () => {
    const console = testConsole();
    expect(await runEvaluate({ ensemble: 'en-mine', file: 'dev.tsv' }, console, fakeParts(1).parts)).to.equal(3);
    expect(console.err()).to.equal('lockstep: Cannot use line 1 [INVALID_DATA]\nlockstep: 1 row was not used\n');
  });

  it('closes the ensemble if measuring fails', async () => {
    const { closed, parts } = fakeParts();
    const failure = new LockstepError('INVALID_DATA', 'a label that the model does not know');
    const evaluate = async () => {
      throw failure;
    };
    const ended = runEvaluate({ ensemble: 'en-mine', file: 'x' }, testConsole(), { ...parts, evaluate });
    expect(await ended.catch((error) => error)).to.equal(failure);
    expect(closed).to.deep.equal(['en-mine']);
  });
});
