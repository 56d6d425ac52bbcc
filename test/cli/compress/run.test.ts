import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { type CompressParts, runCompress } from '../../../cli/compress/run.ts';
import { main } from '../../../cli/main.ts';
import type { CompressEnsembleOptions } from '../../../src/compress/compress-ensemble.ts';
import { loadEnsemble } from '../../../src/ensemble/load.ts';
import { saveEnsemble } from '../../../src/ensemble/save.ts';
import { LockstepError } from '../../../src/errors.ts';
import { rowsOf, smallEnsemble } from '../../compress/small-ensemble.ts';
import { testConsole } from '../test-console.ts';

describe('lockstep compress', function () {
  this.timeout(20_000);
  let folder: string;
  let model: string;
  let dev: string;
  const out = () => join(folder, 'small');
  const run = async (...args: readonly string[]) => {
    const console = testConsole();
    return { code: await main(['compress', ...args], console), out: console.out(), err: console.err() };
  };

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'lockstep-compress-'));
    model = join(folder, 'model');
    dev = join(folder, 'dev.tsv');
    await saveEnsemble(smallEnsemble(), model, { precision: 'f32' });
    await writeFile(
      dev,
      rowsOf(60, 'dev')
        .map(({ label, text }) => `${label}\t${text}\n`)
        .join(''),
    );
  });
  afterEach(() => rm(out(), { recursive: true, force: true }));
  after(() => rm(folder, { recursive: true }));

  it('saves an ensemble that fits and loads like any other, and reports what it cost', async () => {
    const ended = await run(model, '--to', '6kB', '--dev', dev, '--data', dev, '--out', out(), '--backend', 'wasm');
    expect(ended.code, ended.err).to.equal(0);
    expect(ended.out).to.match(/^small: \d\.\d kB → \d\.\d kB\n/);
    for (const part of [
      'accuracy',
      'macro F1',
      'calibration error',
      'texts/CPU s',
      'What was done',
      'n-grams (sports, business)',
    ])
      expect(ended.out).to.include(part);
    expect(ended.out).to.match(/\d+\.\d\d % of the 60 rows get the label of before/);
    expect(ended.err).to.equal(`lockstep: saved in ${out()}\n`);
    const ensemble = await loadEnsemble(out(), { backend: 'wasm', thread: false });
    expect(ensemble.labels).to.deep.equal(['sports', 'business']);
    await ensemble.close();
  });

  it('says what is wrong with the command line', async () => {
    for (const [args, message] of [
      [[model, '--dev', dev, '--out', out()], "required option '--to <size>'"],
      [[model, '--to', '1MB', '--out', out()], "required option '--dev <file>'"],
      [[model, '--to', '1MB', '--dev', dev], "required option '--out <folder>'"],
      [[model, '--to', 'small', '--dev', dev, '--out', out()], 'Expected a size, such as 1MB'],
      [[model, '--to', '10', '--dev', dev, '--out', out()], 'Expected `to` to be at least'],
      [[model, '--to', '1MB', '--dev', dev, '--out', folder], 'Expected `folder` to be new, empty or an ensemble'],
      [['no-such-model', '--to', '1MB', '--dev', dev, '--out', out()], 'Expected `name` to be one of'],
    ] as const) {
      const ended = await run(...args);
      expect(ended.code, message).to.equal(2);
      expect(ended.err).to.include(message);
      expect(ended.out).to.equal('');
    }
    expect(await readdir(folder)).to.not.include('small');
  });

  it('says what is wrong with the rows', async () => {
    const empty = join(folder, 'empty.tsv');
    const strange = join(folder, 'strange.tsv');
    await writeFile(empty, '');
    await writeFile(strange, 'weather\tw1 w2\n');
    for (const [rows, message] of [
      [empty, 'Expected labelled rows to choose by, got none'],
      [strange, 'got "weather"'],
      [join(folder, 'missing.tsv'), 'missing.tsv'],
    ] as const) {
      const ended = await run(model, '--to', '1MB', '--dev', rows, '--out', out());
      expect(ended.code).to.equal(1);
      expect(ended.err)
        .to.include(message)
        .and.to.match(/\[[A-Z_]+\]\n$/);
    }
  });

  it('hands on what it was told, writes JSON when asked to, and ends with 3 after bad rows', async () => {
    const evaluation = JSON.parse('{ "rows": 1 }');
    const figures = { bytes: 1, evaluation, textsPerSecond: 1 };
    const report = { name: 'x', before: figures, after: figures, steps: [], sameLabel: 1 };
    const calls: [folder: string | URL, out: string, options: CompressEnsembleOptions][] = [];
    const parts: CompressParts = {
      checkTarget: async () => {},
      folderOf: async (name) => `/models/${name}`,
      readRows: async (input, onBadRow) => {
        if (input === 'data.tsv') onBadRow(new LockstepError('INVALID_DATA', 'Cannot use line 1'));
        return [{ label: 'a', text: `text of ${String(input)}` }];
      },
      compress: async (...call) => {
        calls.push(call);
        call[2].onProgress?.(0.5);
        return report;
      },
    };
    const console = testConsole({ terminal: true, columns: 80 });
    const args = { ensemble: 'x', to: 5, dev: 'in/dev.tsv', out: 'o', data: 'data.tsv', format: 'json' } as const;
    expect(await runCompress(args, console, parts)).to.equal(3);
    expect(JSON.parse(console.out())).to.deep.equal(report);
    expect(console.err()).to.include('looking for what to make smaller: 50 %');
    const [[from, to, options] = []] = calls;
    expect([from, to]).to.deep.equal(['/models/x', 'o']);
    expect(options).to.deep.include({
      to: 5,
      rows: [{ label: 'a', text: 'text of in/dev.tsv' }],
      on: 'dev.tsv',
      texts: ['text of data.tsv'],
    });
  });
});
