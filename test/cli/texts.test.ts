import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { expect } from 'chai';
import fc from 'fast-check';
import { allTexts, readTexts } from '../../cli/texts.ts';

const streamOf = (chunks: readonly (string | Buffer)[]) => Readable.from(chunks.map((chunk) => Buffer.from(chunk)));

describe('readTexts', () => {
  it('gives one text a line, also for empty lines, wherever they are', async () => {
    for (const [input, texts] of [
      ['', []],
      ['a', ['a']],
      ['a\n', ['a']],
      ['\n', ['']],
      ['\n\na\n\n\nb\n\n', ['', '', 'a', '', '', 'b', '']],
      ['a\r\n\r\nb', ['a', '', 'b']],
      ['\uFEFF\na', ['', 'a']],
    ] as const)
      expect(await allTexts(streamOf(input === '' ? [] : [input])), JSON.stringify(input)).to.deep.equal(texts);
  });

  it('does so however the bytes come, plain or packed', async () => {
    const line = fc.string({ unit: fc.constantFrom('a', '科', '👩‍🚀', ' ', '\t'), maxLength: 5 });
    await fc.assert(
      fc.asyncProperty(fc.array(line), fc.integer({ min: 1, max: 9 }), fc.boolean(), async (lines, size, packed) => {
        const text = Buffer.from(lines.map((each) => `${each}\n`).join(''));
        const bytes = packed ? gzipSync(text) : text;
        const chunks = Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) =>
          bytes.subarray(i * size, (i + 1) * size),
        );
        expect(await allTexts(streamOf(chunks))).to.deep.equal(lines);
      }),
      { numRuns: 50 },
    );
  });

  it('keeps the place of a line that cannot be read, and tells of it', async () => {
    const input = streamOf([Buffer.from('a\n'), Buffer.from([0x62, 0xff, 0x0a]), Buffer.from('c\n')]);
    const bad: number[] = [];
    const texts: string[] = [];
    for await (const part of readTexts(input, ({ number }) => bad.push(number))) texts.push(...part);
    expect(texts).to.deep.equal(['a', 'b\uFFFD', 'c']);
    expect(bad).to.deep.equal([2]);
  });

  it('fails if there is no such file', async () => {
    const error = await allTexts('no/such/file').catch((failure) => failure);
    expect(error).to.include({ code: 'INVALID_DATA' });
  });
});
