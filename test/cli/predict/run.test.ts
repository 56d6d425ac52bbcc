import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { expect } from 'chai';
import { type PredictArguments, type PredictParts, runPredict } from '../../../cli/predict/run.ts';
import { predict } from '../../../src/ensemble/index.ts';
import { LockstepError } from '../../../src/errors.ts';
import { fakeModel } from '../fake-model.ts';
import { type TestConsoleOptions, testConsole } from '../test-console.ts';

function fakeParts() {
  const closed: string[] = [];
  const parts: PredictParts = {
    load: async (name) => ({
      ...fakeModel(name, { sports: 'cup', business: 'oil' }),
      close: async () => void closed.push(name),
    }),
    predict,
  };
  return { closed, parts };
}

async function run(options: TestConsoleOptions, args: Partial<PredictArguments> = {}) {
  const console = testConsole(options);
  const { closed, parts } = fakeParts();
  const code = await runPredict({ ensemble: 'en-mine', file: '-', ...args }, console, parts);
  expect(closed).to.deep.equal(['en-mine']);
  return { code, out: console.out(), err: console.err() };
}

describe('lockstep predict', () => {
  it('writes a label a line, in order, and nothing else', async () => {
    const { code, out, err } = await run({ input: 'oil\ncup\nthe cup\n' });
    expect([code, out, err]).to.deep.equal([0, 'business\nsports\nsports\n', '']);
  });

  it('writes one line for each line, empty ones and a last one without an end too', async () => {
    // A tie goes to the first label.
    expect((await run({ input: '\noil\n\n\ncup' })).out).to.equal('sports\nbusiness\nsports\nsports\nsports\n');
    expect((await run({ input: '' })).out).to.equal('');
  });

  it('keeps the order over many thousand lines', async () => {
    const words = ['oil', 'cup', 'the oil of today', ''];
    const texts = Array.from({ length: 10_001 }, (_, i) => words[(i * 7) % 4] ?? '');
    const expected = texts.map((text) => (text.includes('oil') ? 'business' : 'sports'));
    const { out } = await run({ input: texts.map((text) => `${text}\n`).join('') });
    expect(out).to.equal(expected.map((label) => `${label}\n`).join(''));
  });

  it('reads a file, plain or gzip', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'lockstep-predict-'));
    try {
      for (const [name, content] of [
        ['a.txt', 'oil\n'],
        ['a.txt.gz', gzipSync('oil\n')],
      ] as const) {
        await writeFile(join(folder, name), content);
        expect((await run({}, { file: join(folder, name) })).out).to.equal('business\n');
      }
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it('writes the probabilities of the labels, with tabs, in an order that it says', async () => {
    const { out, err } = await run({ input: 'oil\n\n' }, { format: 'scores' });
    // Each lane is sure by odds of 9: one for its label, the other against it.
    expect(out).to.equal('0.012195\t0.987805\n0.500000\t0.500000\n');
    expect(err).to.equal('lockstep: columns: sports, business\n');
  });

  it('writes JSON', async () => {
    const { out } = await run({ input: 'oil\n' }, { format: 'json' });
    expect(JSON.parse(out)).to.deep.equal({
      label: 'business',
      confidence: 0.9878,
      probabilities: { sports: 0.012195, business: 0.987805 },
      lanes: { sports: { label: 'sports', score: 0.1 }, business: { label: 'business', score: 0.9 } },
    });
  });

  it('labels a line that is not UTF-8 all the same, says so, and ends with 3', async () => {
    const input = Buffer.concat([Buffer.from('cup\noil '), Buffer.from([0xff]), Buffer.from('\ncup\n')]);
    const { code, out, err } = await run({ input });
    expect([code, out]).to.deep.equal([3, 'sports\nbusiness\nsports\n']);
    expect(err).to.equal('lockstep: line 2 of input is labelled by what can be read of it: it is not UTF-8\n');
  });

  it('shows the first bad lines only', async () => {
    const { err } = await run({ input: Buffer.from('\xFF\n'.repeat(12), 'latin1') });
    expect(err.trim().split('\n')).to.have.length(11);
    expect(err).to.include('12 lines could not be read well');
  });

  it('fails when the input, the model or the output does, and closes the ensemble', async () => {
    const broken = async () => {
      throw new LockstepError('SUBTASK_FAILED', 'no memory');
    };
    const full = new Writable({ write: (_chunk, _encoding, answer) => answer(new Error('disk full')) });
    const { parts } = fakeParts();
    for (const [code, args, console, ownParts] of [
      ['INVALID_DATA', { file: 'no/such/file' }, testConsole(), parts],
      ['SUBTASK_FAILED', {}, testConsole({ input: 'oil\n' }), { ...parts, predict: broken }],
      ['SINK_FAILED', {}, { ...testConsole({ input: 'oil\n' }), stdout: full }, parts],
    ] as const) {
      const closed: string[] = [];
      const load: PredictParts['load'] = async (name) => ({
        ...(await ownParts.load(name, undefined)),
        close: async () => void closed.push(name),
      });
      const ended = runPredict({ ensemble: 'x', file: '-', ...args }, console, { ...ownParts, load });
      expect(await ended.catch((error) => error)).to.include({ code });
      expect(closed).to.deep.equal(['x']);
    }
  });

  it('ends quietly when whoever reads the output has left', async () => {
    const gone = new Writable({
      write: (_chunk, _encoding, answer) => answer(Object.assign(new Error('write EPIPE'), { code: 'EPIPE' })),
    });
    const console = { ...testConsole({ input: 'oil\n'.repeat(5000) }), stdout: gone };
    expect(await runPredict({ ensemble: 'x', file: '-' }, console, fakeParts().parts)).to.equal(0);
  });
});
