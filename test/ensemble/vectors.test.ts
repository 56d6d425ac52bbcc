import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { gzipSync } from 'node:zlib';
import { expect } from 'chai';
import { withVectors } from '../../src/ensemble/initial-vectors.ts';
import { readVectors } from '../../src/ensemble/vectors.ts';
import { Vocabulary } from '../../src/language/vocabulary.ts';

const failure = (ended: Promise<unknown>): Promise<Error> =>
  ended.then(
    () => expect.fail('expected it to reject'),
    (error) => error,
  );

describe('readVectors', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'vectors-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  const wanted = new Set(['cat', '科']);
  const asObject = ({ byToken }: Awaited<ReturnType<typeof readVectors>>) =>
    Object.fromEntries([...byToken].map(([token, vector]) => [token, [...vector]]));

  it('reads text as GloVe writes it, and word2vec with its counts, plain or gzip', async () => {
    const path = join(folder, 'vectors.txt');
    const lines = 'dog 1 2\ncat 0.5 -1e-1\n科 3 4 \n';
    for (const content of [lines, `3 2\n${lines}`, gzipSync(lines)]) {
      await writeFile(path, content);
      const vectors = await readVectors(path, wanted);
      expect(vectors.dimensions).to.equal(2);
      expect(asObject(vectors)).to.deep.equal({ cat: [0.5, Math.fround(-0.1)], 科: [3, 4] });
    }
  });

  it('reads a folder of signed bytes with scales', async () => {
    await writeFile(join(folder, 'words.json'), '["dog", "cat"]');
    await writeFile(join(folder, 'vectors.i8'), Int8Array.of(1, 2, 127, -127));
    const scales = Buffer.alloc(8);
    scales.writeFloatLE(1, 0);
    scales.writeFloatLE(0.5, 4);
    await writeFile(join(folder, 'scales.f32'), scales);
    const vectors = await readVectors(pathToFileURL(folder), wanted);
    expect(asObject(vectors)).to.deep.equal({ cat: [63.5, -63.5] });
  });

  it('refuses text that is none, naming the line', async () => {
    const path = join(folder, 'vectors.txt');
    const cases: readonly (readonly [string, string])[] = [
      ['', 'Expected vectors'],
      ['cat 1 2\ndog 1\n', 'line 2 of'],
      ['cat one two\n', 'line 1 of'],
      ['cat\n', 'line 1 of'],
    ];
    for (const [content, message] of cases) {
      await writeFile(path, content);
      const error = await failure(readVectors(path, wanted));
      expect(error).to.include({ code: 'INVALID_DATA' });
      expect(error.message).to.include(message);
    }
  });

  it('refuses folders whose parts are missing or do not fit together', async () => {
    expect(await failure(readVectors(folder, wanted))).to.include({ code: 'INVALID_DATA' });
    expect(await failure(readVectors(join(folder, 'nowhere'), wanted))).to.include({ code: 'INVALID_DATA' });
    const inner = join(folder, 'inner');
    await mkdir(inner);
    await writeFile(join(inner, 'vectors.i8'), Int8Array.of(1, 2, 3));
    await writeFile(join(inner, 'scales.f32'), Buffer.alloc(8));
    for (const [content, message] of [
      ['["a", "b"]', 'do not fit together'],
      ['{', 'not JSON'],
      ['{}', 'array of tokens'],
    ] as const) {
      await writeFile(join(inner, 'words.json'), content);
      const error = await failure(readVectors(inner, wanted));
      expect(error).to.include({ code: 'INVALID_DATA' });
      expect(error.message).to.include(message);
    }
  });
});

describe('withVectors', () => {
  it('begins embeddings with the vectors, other tokens as far out, padding with zeros', () => {
    const vocabulary = new Vocabulary(['cat', 'dog']);
    const vectors = { dimensions: 2, byToken: new Map([['cat', Float32Array.of(3, -4)]]) };
    const weights = new Map([
      ['embedding', { shape: [4, 2], data: new Float32Array(8) }],
      ['tech/embedding', { shape: [4, 2], data: new Float32Array(8) }],
      ['tech/output/bias', { shape: [1], data: Float32Array.of(7) }],
    ]);
    const begun = withVectors(weights, vectors, vocabulary, 1);
    for (const name of ['embedding', 'tech/embedding']) {
      const data = begun.get(name)?.data ?? new Float32Array();
      expect([...data.slice(0, 2)]).to.deep.equal([0, 0]);
      expect([...data.slice(4, 6)]).to.deep.equal([3, -4]);
      for (const id of [1, 3]) expect(Math.hypot(...data.slice(id * 2, id * 2 + 2))).to.be.within(0.1, 20);
    }
    expect(begun.get('tech/output/bias')).to.equal(weights.get('tech/output/bias'));
  });

  it('begins a word of ideographs as the mean of them, if each has a vector', () => {
    const vocabulary = new Vocabulary(['科技', '科学', 'ab']);
    const vectors = {
      dimensions: 2,
      byToken: new Map([
        ['科', Float32Array.of(1, 2)],
        ['技', Float32Array.of(3, 0)],
        ['a', Float32Array.of(9, 9)],
        ['b', Float32Array.of(9, 9)],
      ]),
    };
    const weights = new Map([['embedding', { shape: [5, 2], data: new Float32Array(10) }]]);
    const { data = [] } = withVectors(weights, vectors, vocabulary, 1).get('embedding') ?? {};
    expect([...data].slice(4, 6)).to.deep.equal([2, 1]);
    expect([...data].slice(6, 8)).not.to.deep.equal([0.5, 1]);
    expect([...data].slice(8)).not.to.deep.equal([9, 9]);
  });
});
