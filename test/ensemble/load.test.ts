import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect } from 'chai';
import { firstValueFrom, toArray } from 'rxjs';
import { loadEnsemble, readEnsemble } from '../../src/ensemble/load.ts';
import { factsOf, saveEnsemble } from '../../src/ensemble/save.ts';
import { runSubtask } from '../../src/lanes/run-subtask.ts';
import { tinyModel } from './tiny-model.ts';

const failure = (ended: Promise<unknown>): Promise<Error> =>
  ended.then(
    () => expect.fail('expected it to reject'),
    (error) => error,
  );

describe('an ensemble on disk', () => {
  let parent: string;
  let folder: string;

  beforeEach(async () => {
    parent = await mkdtemp(join(tmpdir(), 'ensemble-'));
    folder = join(parent, 'tiny');
  });
  afterEach(() => rm(parent, { recursive: true }));

  /** Changes a JSON file of the saved ensemble; keeps the manifest's facts of it right unless it is the manifest. */
  async function edit(file: string, change: (content: Record<string, unknown>) => unknown): Promise<void> {
    const content = JSON.parse(await readFile(join(folder, file), 'utf8'));
    await rewrite(file, JSON.stringify(change(content) ?? content));
  }

  async function rewrite(file: string, content: string | Uint8Array): Promise<void> {
    await writeFile(join(folder, file), content);
    if (file === 'ensemble.json') return;
    const path = join(folder, 'ensemble.json');
    const manifest = JSON.parse(await readFile(path, 'utf8'));
    manifest.files[file] = factsOf(content);
    await writeFile(path, JSON.stringify(manifest));
  }

  it('comes back as it was, in 32 bits exactly', async () => {
    const model = tinyModel();
    await saveEnsemble(model, folder, { precision: 'f32' });
    expect((await readdir(folder)).sort()).to.deep.equal([
      'README.md',
      'ensemble.json',
      'vocabulary.json',
      'weights.safetensors',
    ]);
    const { vocabulary, weights, ...read } = await readEnsemble(folder);
    const { vocabulary: expected, weights: expectedWeights, ...rest } = model;
    expect(read).to.deep.equal(rest);
    expect(vocabulary.tokens).to.deep.equal(expected.tokens);
    expect(weights.size).to.equal(expectedWeights.size);
    for (const [name, weight] of expectedWeights) expect(weights.get(name)).to.deep.equal(weight);
  });

  it('takes a quarter of the room in 8 bits, and stays close', async () => {
    const model = tinyModel();
    await saveEnsemble(model, pathToFileURL(folder));
    const { weights } = await readEnsemble(pathToFileURL(folder));
    const embedding = model.weights.get('embedding')?.data ?? new Float32Array();
    for (const [i, value] of weights.get('embedding')?.data.entries() ?? [])
      expect(value).to.be.closeTo(embedding[i] ?? 0, 0.5 / 127 + 1e-6);
    expect((await readFile(join(folder, 'weights.safetensors'))).includes('"I8"')).to.equal(true);
  });

  it('replaces an ensemble, and leaves nothing beside it', async () => {
    await saveEnsemble(tinyModel(), folder);
    await writeFile(join(folder, 'README.md'), 'mine');
    await saveEnsemble({ ...tinyModel(), name: 'second' }, folder);
    expect((await readEnsemble(folder)).name).to.equal('second');
    expect(await readdir(parent)).to.deep.equal(['tiny']);
  });

  it('does not replace what is no ensemble', async () => {
    await mkdir(folder);
    await writeFile(join(folder, 'thesis.txt'), 'years of work');
    expect(await failure(saveEnsemble(tinyModel(), folder))).to.include({ code: 'INVALID_ARGUMENT' });
    expect(await failure(saveEnsemble(tinyModel(), join(folder, 'thesis.txt')))).to.include({
      code: 'INVALID_ARGUMENT',
    });
    expect(await readdir(folder)).to.deep.equal(['thesis.txt']);
    expect(await readdir(parent)).to.deep.equal(['tiny']);
  });

  it('leaves nothing if it cannot be written', async () => {
    const data = Float32Array.of(1); // not as many as the shape says
    const model = { ...tinyModel(), weights: new Map([['embedding', { shape: [2, 2], data }]]) };
    expect(await failure(saveEnsemble(model, folder))).to.include({ code: 'INVALID_ARGUMENT' });
    expect(await readdir(parent)).to.deep.equal([]);
  });

  it('may have its card edited', async () => {
    await saveEnsemble(tinyModel(), folder);
    await writeFile(join(folder, 'README.md'), 'mine');
    expect((await readEnsemble(folder)).name).to.equal('tiny');
  });

  describe('that is damaged', () => {
    const damages: readonly (readonly [string, string, () => Promise<void>])[] = [
      ['ensemble.json', 'Cannot read', () => rm(join(folder, 'ensemble.json'))],
      ['ensemble.json', 'not JSON', () => rewrite('ensemble.json', '{')],
      ['ensemble.json', 'expected the file to be an object', () => rewrite('ensemble.json', '[]')],
      [
        'ensemble.json',
        'expected formatVersion to be 1, got 2',
        () => edit('ensemble.json', (m) => ({ ...m, formatVersion: 2 })),
      ],
      ['ensemble.json', 'expected labels', () => edit('ensemble.json', (m) => ({ ...m, labels: ['a'] }))],
      ['ensemble.json', 'expected labels[1]', () => edit('ensemble.json', (m) => ({ ...m, labels: ['a', 1] }))],
      ['ensemble.json', 'expected name', () => edit('ensemble.json', ({ name: _, ...m }) => m)],
      ['ensemble.json', 'tokenizer.kind', () => edit('ensemble.json', (m) => ({ ...m, tokenizer: { kind: 'x' } }))],
      [
        'ensemble.json',
        'tokenizer cannot',
        () => edit('ensemble.json', (m) => ({ ...m, tokenizer: { kind: 'words', locale: '?' } })),
      ],
      ['ensemble.json', 'displayNames', () => edit('ensemble.json', (m) => ({ ...m, displayNames: { z: 'Z' } }))],
      [
        'ensemble.json',
        'vote.weights.fcn',
        () => edit('ensemble.json', (m) => ({ ...m, vote: { weights: { ngrams: 1, cnn: 1 }, bias: { a: 0, b: 0 } } })),
      ],
      [
        'ensemble.json',
        'vote.weights.cnn to be at least 0, got -1',
        () =>
          edit('ensemble.json', (m) => ({
            ...m,
            vote: { weights: { ngrams: 1, cnn: -1, fcn: 1 }, bias: { a: 0, b: 0 } },
          })),
      ],
      [
        'ensemble.json',
        'vote.bias to be keyed by a, b, got "c"',
        () =>
          edit('ensemble.json', (m) => ({
            ...m,
            vote: { weights: { ngrams: 1, cnn: 1, fcn: 1 }, bias: { a: 0, b: 0, c: 0 } },
          })),
      ],
      ['ensemble.json', 'network.embedding', () => edit('ensemble.json', (m) => ({ ...m, network: {} }))],
      [
        'ensemble.json',
        'network.lanes[0].kind',
        () =>
          edit('ensemble.json', (m) => ({
            ...m,
            network: { ...Object(m.network), lanes: [{ name: 'x', labels: ['a'] }] },
          })),
      ],
      [
        'ensemble.json',
        'network: Expected `maxLength`',
        () => edit('ensemble.json', (m) => ({ ...m, network: { ...Object(m.network), maxLength: 0 } })),
      ],
      ['ensemble.json', 'ngrams[0].kind', () => edit('ensemble.json', (m) => ({ ...m, ngrams: [{}] }))],
      [
        'ensemble.json',
        'ngrams: Expected `lanes[0].features`',
        () =>
          edit('ensemble.json', (m) => ({
            ...m,
            ngrams: [{ kind: 'ngrams', name: 'x', labels: ['a'], features: {} }],
          })),
      ],
      [
        'ensemble.json',
        'expected ngrams or network.lanes to hold a lane',
        () => edit('ensemble.json', (m) => ({ ...m, ngrams: [], network: { ...Object(m.network), lanes: [] } })),
      ],
      ['ensemble.json', 'training.date', () => edit('ensemble.json', (m) => ({ ...m, training: {} }))],
      ['ensemble.json', 'files.vocabulary.json', () => edit('ensemble.json', (m) => ({ ...m, files: {} }))],
      ['vocabulary.json', 'Cannot read', () => rm(join(folder, 'vocabulary.json'))],
      ['vocabulary.json', 'bytes, got 3', () => writeFile(join(folder, 'vocabulary.json'), '[]\n')],
      ['vocabulary.json', 'the file[0]', () => rewrite('vocabulary.json', '[1]')],
      ['vocabulary.json', 'different tokens', () => rewrite('vocabulary.json', '["a", "a"]')],
      ['vocabulary.json', 'expected 126 tokens, got 1', () => rewrite('vocabulary.json', '["a"]')],
      ['weights.safetensors', 'Cannot read', () => rm(join(folder, 'weights.safetensors'))],
      ['weights.safetensors', 'Expected a safetensors file', () => rewrite('weights.safetensors', 'x'.repeat(80))],
      [
        'weights.safetensors',
        'SHA-256',
        async () => {
          const path = join(folder, 'weights.safetensors');
          const bytes = await readFile(path);
          bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1;
          await writeFile(path, bytes);
        },
      ],
    ];
    for (const [index, [file, message, damage]] of damages.entries())
      it(`is refused, and the file named: ${file}, ${message} (${index})`, async () => {
        await saveEnsemble(tinyModel(), folder);
        await damage();
        const error = await failure(message === 'tokenizer cannot' ? loadEnsemble(folder) : readEnsemble(folder));
        expect(error).to.include({ code: 'INVALID_ENSEMBLE' });
        expect(error.message).to.include(join(folder, file));
        if (message !== 'tokenizer cannot') expect(error.message).to.include(message);
      });
  });

  it('is refused if a weight has another shape than its network', async () => {
    const weights = new Map(tinyModel().weights).set('fcn/output/bias', { shape: [2], data: new Float32Array(2) });
    await saveEnsemble({ ...tinyModel(), weights }, folder);
    const error = await failure(loadEnsemble(folder, { backend: 'wasm', thread: false }));
    expect(error).to.include({ code: 'INVALID_ENSEMBLE' });
    expect(error.message).to.include('weights.safetensors').and.to.include('fcn/output/bias');
  });

  it('refuses what is no folder', async () => {
    const web = failure(loadEnsemble(new URL('https://example.org/')));
    expect(await web).to.include({ code: 'INVALID_ARGUMENT' });
    expect(await failure(loadEnsemble(''))).to.include({ code: 'INVALID_ARGUMENT' });
    const nowhere = await failure(loadEnsemble(join(parent, 'nowhere')));
    expect(nowhere).to.include({ code: 'INVALID_ENSEMBLE' });
    expect(nowhere.message).to.include(join('nowhere', 'ensemble.json'));
  });

  it('stores every kind of tokenizer', async () => {
    for (const tokenizer of [
      { kind: 'characters', words: 'zh', lowercase: true },
      { kind: 'words', locale: 'de' },
      { kind: 'wink', lowercase: false },
    ] as const) {
      await saveEnsemble({ ...tinyModel(), tokenizer }, folder);
      expect((await readEnsemble(folder)).tokenizer).to.deep.equal(tokenizer);
    }
  });

  it('scores documents the same in a thread and in this one', async () => {
    await saveEnsemble(tinyModel(), folder);
    const answers: number[][] = [];
    for (const thread of [true, false]) {
      const tiny = await loadEnsemble(folder, { backend: 'wasm', thread });
      expect(tiny).to.include({ name: 'tiny', backend: 'wasm' });
      expect(tiny.displayNames).to.deep.equal({ a: '甲' });
      expect(tiny.subtasks.map(({ name }) => name)).to.deep.equal(['ngrams', 'cnn', 'fcn']);
      const ids = Int32Array.from(tiny.tokenizer('W1 w2 nothing'), ({ text }) => tiny.vocabulary.id(text));
      expect([...ids]).to.deep.equal([3, 4, 1]);
      const lanes = tiny.subtasks.map((lane) =>
        firstValueFrom(runSubtask(lane, [{ text: 'W1 w2 nothing', ids, unknown: 1 }], false).pipe(toArray())),
      );
      answers.push((await Promise.all(lanes)).flat().flatMap((scores) => [...scores]));
      await tiny.close();
    }
    expect(answers[0]).to.have.length(4);
    expect(answers[0]).to.deep.equal(answers[1]);
  }).timeout(20_000);
});
