import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough, Readable, Writable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { expect } from 'chai';
import { type ClassifyArguments, runClassify } from '../../../cli/classify/run.ts';
import { LockstepError } from '../../../src/errors.ts';
import { fakeModels } from '../fake-model.ts';
import { type TestConsole, type TestConsoleOptions, testConsole } from '../test-console.ts';

const DEFAULTS: ClassifyArguments = { files: [], clock: 1, batch: 4, inFlight: 16 };
const turn = () => new Promise((resolve) => setImmediate(resolve));

interface Result {
  readonly code: number;
  readonly console: TestConsole;
  readonly lines: readonly Record<string, unknown>[];
}

async function run(
  options: TestConsoleOptions,
  args: Partial<ClassifyArguments> = {},
  models = fakeModels(),
): Promise<Result> {
  const console = testConsole(options);
  const code = await runClassify({ ...DEFAULTS, ...args }, console, models.load);
  expect(console.listens()).to.equal(false);
  expect(models.closed).to.have.members(models.loaded);
  return { code, console, lines: console.out().startsWith('{') ? parsed(console.out()) : [] };
}

function parsed(text: string): Record<string, unknown>[] {
  return text
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line));
}

const labels = (lines: readonly Record<string, unknown>[]) => lines.map(({ id, label }) => `${id} ${label}`);

describe('lockstep classify', () => {
  let folder = '';
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'lockstep-classify-'));
  });
  after(() => rm(folder, { recursive: true }));

  async function file(name: string, content: string | Uint8Array): Promise<string> {
    const path = join(folder, name);
    await writeFile(path, content);
    return path;
  }

  it('labels lines of standard input as JSON lines', async () => {
    const { code, lines } = await run({ input: 'oil falls\n\nthe cup final\n' });
    expect(code).to.equal(0);
    expect(labels(lines)).to.deep.equal(['1 business', '3 sports']);
    expect(Object.keys(lines[0] ?? {})).to.deep.equal(['id', 'label', 'confidence', 'lanes']);
    expect(lines[0]?.lanes).to.deep.equal({
      sports: { label: 'sports', score: 0.1 },
      business: { label: 'business', score: 0.9 },
    });
  });

  it('loads a model only for the scripts that come, and says so once', async () => {
    const models = fakeModels();
    const { console } = await run({ input: '科技\n经济\n' }, {}, models);
    expect(models.loaded).to.deep.equal(['zh-topics']);
    expect(console.err()).to.equal('lockstep: texts in han script: zh-topics\n');
  });

  it('writes nothing and loads nothing for empty input', async () => {
    const models = fakeModels();
    const { code, console } = await run({ input: '' }, {}, models);
    expect([code, console.out(), console.err(), models.loaded]).to.deep.equal([0, '', '', []]);
  });

  it('keeps the order of the input across two models and dead letters', async () => {
    const input = Array.from({ length: 200 }, (_, i) => ['oil', '科技', 'привет', 'cup', '经济', '123'][i % 6]);
    const { code, lines } = await run({ input: input.join('\n') });
    const expected = ['business', 'tech', undefined, 'sports', 'finance', undefined];
    expect(code).to.equal(3);
    expect(labels(lines)).to.deep.equal(
      input.flatMap((_, i) => (expected[i % 6] === undefined ? [] : [`${i + 1} ${expected[i % 6]}`])),
    );
  });

  it('labels every document when order does not matter', async () => {
    const input = Array.from({ length: 50 }, (_, i) => (i % 2 ? 'oil' : '科技'));
    const { lines } = await run({ input: input.join('\n') }, { unordered: true });
    expect(lines.map(({ id }) => id)).to.have.members(input.map((_, i) => i + 1));
  });

  it('holds thousands of documents while a model is being loaded', async () => {
    const input = Array.from({ length: 5000 }, (_, i) => (i % 2 ? 'oil' : '科技'));
    const { lines } = await run({ input: input.join('\n') }, { inFlight: 5000, batch: 256 });
    expect(lines.map(({ id }) => id)).to.deep.equal(input.map((_, i) => i + 1));
  });

  it('uses the model that is named for everything', async () => {
    const models = fakeModels();
    const { code, lines } = await run({ input: 'oil\n科技\n' }, { model: 'en-news' }, models);
    expect(code).to.equal(0);
    expect(labels(lines)[0]).to.equal('1 business');
    expect(lines).to.have.length(2);
    expect(models.loaded).to.deep.equal(['en-news']);
  });

  it('reads JSON lines when told so, with any field and identity', async () => {
    const input = '{"id":"x","text":"oil"}\n{"text":"cup"}\n';
    expect(labels((await run({ input }, { json: true })).lines)).to.deep.equal(['x business', '2 sports']);
    const other = '{"a":{"b":"oil"},"key":9}';
    expect(labels((await run({ input: other }, { field: 'a.b', id: 'key' })).lines)).to.deep.equal(['9 business']);
  });

  it('knows JSON lines by the name of the file, also packed', async () => {
    const plain = await file('a.jsonl', '{"id":1,"text":"oil"}\n');
    const packed = await file('b.jsonl.gz', gzipSync('{"text":"cup"}\n'));
    const { lines } = await run({}, { files: [plain, packed] });
    expect(labels(lines)).to.deep.equal(['1 business', `${packed}:1 sports`]);
  });

  it('reads several files, and standard input for -', async () => {
    const first = await file('a.txt', 'oil\n');
    const { lines } = await run({ input: 'cup\n' }, { files: [first, '-'] });
    expect(labels(lines)).to.deep.equal([`${first}:1 business`, 'input:1 sports']);
  });

  it('refuses files that cannot be read or are of two kinds, before anything is written', async () => {
    const text = await file('c.txt', 'oil\n');
    const json = await file('c.jsonl', '{}\n');
    for (const files of [[text, join(folder, 'missing')], [folder], [text, json]]) {
      const console = testConsole();
      const failure = await runClassify({ ...DEFAULTS, files }, console, fakeModels().load).catch((error) => error);
      expect(failure).to.be.instanceOf(LockstepError).and.include({ code: 'INVALID_ARGUMENT' });
      expect(console.out()).to.equal('');
      expect(console.listens()).to.equal(false);
    }
  });

  it('reports dead letters, with which and why, and the first ones only', async () => {
    const input = Buffer.concat([Buffer.from('oil\n'), Buffer.from([0xff, 10]), Buffer.from('привет\n'.repeat(20))]);
    const { code, console, lines } = await run({ input });
    expect(code).to.equal(3);
    expect(lines).to.have.length(1);
    const said = console.err().trim().split('\n');
    expect(said).to.include('lockstep: document 2: Cannot use line 2 of input: it is not UTF-8 [INVALID_DATA]');
    expect(said.filter((line) => line.includes('document '))).to.have.length(10);
    expect(said.at(-1)).to.equal('lockstep: 21 documents were not labelled, of which the first are shown');
  });

  it('writes dead letters to a file', async () => {
    const path = join(folder, 'dead.jsonl');
    const { code, console } = await run(
      { input: '{"id":"a","text":"123"}\noops\n' },
      { json: true, deadLetters: path },
    );
    expect(code).to.equal(3);
    const letters = parsed(await readFile(path, 'utf8'));
    expect(letters.map(({ id, text, code: reason }) => [id, text, reason])).to.have.deep.members([
      ['a', '123', 'INVALID_DOCUMENT'],
      [2, 'oops', 'INVALID_DATA'],
    ]);
    expect(console.err()).to.equal(`lockstep: 2 documents were not labelled; see ${path}\n`);
  });

  it('refuses a file for dead letters that cannot be written', async () => {
    const path = join(folder, 'no', 'such', 'folder');
    const failure = await runClassify({ ...DEFAULTS, deadLetters: path }, testConsole(), fakeModels().load).catch(
      (error) => error,
    );
    expect(failure).to.be.instanceOf(LockstepError).and.include({ code: 'INVALID_ARGUMENT' });
  });

  it('draws a table on a terminal, with wide characters in their columns', async () => {
    const { console } = await run({ input: '科技新闻\noil\n', terminal: true, columns: 60, env: { NO_COLOR: '1' } });
    expect(console.out().split('\n')).to.deep.equal([
      '      id  label           confidence  text',
      '       1  tech                98.8 %  科技新闻',
      '       2  business            98.8 %  oil',
      '',
    ]);
    expect(console.err()).not.to.include('\u001B');
  });

  it('marks verdicts that are less sure than asked for', async () => {
    const args = { minConfidence: 0.9, model: 'en-news' };
    const { lines } = await run({ input: 'oil\noil cup\n' }, args);
    expect(lines.map(({ uncertain }) => uncertain)).to.deep.equal([undefined, true]);
    const { console } = await run({ input: 'oil cup\n', terminal: true, columns: 60, env: { NO_COLOR: '1' } }, args);
    expect(console.out()).to.match(/ sports\? /);
  });

  it('ends quietly, with 0, when whoever reads the output has left', async () => {
    const gone = new Writable({
      write: (_chunk, _encoding, answer) => answer(Object.assign(new Error('write EPIPE'), { code: 'EPIPE' })),
    });
    const endless = new Readable({
      read() {
        this.push('oil\nпривет\n');
      },
    });
    const console = { ...testConsole({ input: endless }), stdout: gone };
    expect(await runClassify(DEFAULTS, console, fakeModels().load)).to.equal(0);
    expect(endless.destroyed).to.equal(true);
  });

  it('fails when the output does, or the input', async () => {
    const full = new Writable({ write: (_chunk, _encoding, answer) => answer(new Error('disk full')) });
    const toFull = { ...testConsole({ input: 'oil\n' }), stdout: full };
    expect(await runClassify(DEFAULTS, toFull, fakeModels().load).catch(({ code }) => code)).to.equal('SINK_FAILED');
    const broken = new Readable({
      read() {
        this.destroy(new Error('cable cut'));
      },
    });
    const failure = await runClassify(DEFAULTS, testConsole({ input: broken }), fakeModels().load).catch(
      (error) => error,
    );
    expect(failure.message).to.include('cable cut');
  });

  it('fails when a model cannot be loaded', async () => {
    const load = async () => {
      throw new LockstepError('INVALID_ENSEMBLE', 'no weights');
    };
    for (const args of [DEFAULTS, { ...DEFAULTS, model: 'x' }]) {
      const failure = await runClassify(args, testConsole({ input: 'oil\n' }), load).catch((error) => error);
      expect(failure).to.include({ code: 'INVALID_ENSEMBLE' });
    }
  });

  it('finishes what is in flight when interrupted, reads no more, and ends with 130', async () => {
    const input = new PassThrough();
    const console = testConsole({ input });
    let release = (): void => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    let asked = 0;
    const models = fakeModels(() => {
      asked++;
      return held;
    });
    const ended = runClassify(DEFAULTS, console, models.load);
    input.write('oil\ncup\n');
    while (asked === 0) await turn();
    console.interrupt();
    input.write('oil\n');
    release();
    expect(await ended).to.equal(130);
    expect(labels(parsed(console.out()))).to.deep.equal(['1 business', '2 sports']);
    expect(input.destroyed).to.equal(true);
    expect(console.err()).to.include('press Ctrl-C again');
  });

  it('draws the timeline of each model on stderr, or as SVG', async () => {
    const { console } = await run({ input: 'oil\n科技\n' }, { timeline: '-' });
    expect(console.err())
      .to.match(/^en-news$/m)
      .and.match(/^zh-topics$/m);
    const one = join(folder, 'one.svg');
    await run({ input: 'oil\n' }, { timeline: one });
    expect(await readFile(one, 'utf8')).to.include('<svg');
    await run({ input: 'oil\n科技\n' }, { timeline: join(folder, 'two.svg') });
    for (const name of ['two-en-news.svg', 'two-zh-topics.svg'])
      expect(await readFile(join(folder, name), 'utf8')).to.include('<svg');
  });
});
