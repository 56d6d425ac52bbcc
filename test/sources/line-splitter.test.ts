import { expect } from 'chai';
import fc from 'fast-check';
import { type Line, LineSplitter } from '../../src/sources/line-splitter.ts';

function split(chunks: readonly Uint8Array[], maxLength = 1000): Line[] {
  const splitter = new LineSplitter(maxLength);
  const lines = chunks.flatMap((chunk) => splitter.push(Buffer.from(chunk)));
  return [...lines, ...splitter.end()];
}

function splitText(text: string, maxLength?: number): Line[] {
  return split([Buffer.from(text)], maxLength);
}

/** What the splitter does, said in the plainest way. */
function plainSplit(bytes: Buffer, maxLength: number): Line[] {
  const lines: Line[] = [];
  let rest = bytes;
  for (let number = 1; rest.length > 0; number++) {
    const stop = rest.indexOf(10);
    const whole = stop < 0 ? rest : rest.subarray(0, stop);
    rest = stop < 0 ? Buffer.alloc(0) : rest.subarray(stop + 1);
    const line = whole.at(-1) === 13 ? whole.subarray(0, -1) : whole;
    const shown = line.length > maxLength ? line.subarray(0, Math.min(256, maxLength)) : line;
    const decoded = shown.toString();
    const text = number === 1 ? decoded.replace(/^\uFEFF/, '') : decoded;
    const isUtf8 = Buffer.from(line.toString()).equals(line);
    const problem = isUtf8 ? undefined : 'it is not UTF-8';
    if (line.length > maxLength) lines.push({ number, text, problem: `it is longer than ${maxLength} bytes` });
    else if (text !== '') lines.push({ number, text, problem });
  }
  return lines;
}

describe('LineSplitter', () => {
  it('parts lines at LF and CRLF, and needs no end of the last', () => {
    expect(splitText('a\nb\r\nc')).to.deep.equal([
      { number: 1, text: 'a', problem: undefined },
      { number: 2, text: 'b', problem: undefined },
      { number: 3, text: 'c', problem: undefined },
    ]);
  });

  it('counts empty lines but leaves them out', () => {
    expect(splitText('\n\r\na\n\n').map(({ number, text }) => [number, text])).to.deep.equal([[3, 'a']]);
  });

  it('keeps a CR within a line, and white space', () => {
    expect(splitText(' a\rb \n').map(({ text }) => text)).to.deep.equal([' a\rb ']);
  });

  it('drops a byte order mark, at the beginning only', () => {
    expect(splitText('\uFEFFa\n\uFEFFb').map(({ text }) => text)).to.deep.equal(['a', '\uFEFFb']);
    expect(splitText('\uFEFF\na').map(({ number, text }) => [number, text])).to.deep.equal([[2, 'a']]);
  });

  it('gives nothing for nothing', () => {
    expect(split([])).to.deep.equal([]);
    expect(split([Buffer.alloc(0), Buffer.alloc(0)])).to.deep.equal([]);
  });

  it('marks the line that is not UTF-8 and no other', () => {
    const bytes = Buffer.concat([Buffer.from('科技\n'), Buffer.from([0x61, 0xff, 0x62]), Buffer.from('\n经济\n')]);
    expect(split([bytes])).to.deep.equal([
      { number: 1, text: '科技', problem: undefined },
      { number: 2, text: 'a\uFFFDb', problem: 'it is not UTF-8' },
      { number: 3, text: '经济', problem: undefined },
    ]);
  });

  it('refuses surrogates and overlong forms, which strict UTF-8 has not', () => {
    for (const bytes of [
      [0xed, 0xa0, 0x80],
      [0xc0, 0xaf],
      [0xf4, 0x90, 0x80, 0x80],
    ])
      expect(split([Uint8Array.from(bytes)])[0]?.problem).to.equal('it is not UTF-8');
  });

  it('takes a line of the greatest length, with either end, and no longer one', () => {
    for (const end of ['', '\n', '\r\n']) {
      expect(splitText(`12345${end}`, 5)).to.deep.equal([{ number: 1, text: '12345', problem: undefined }]);
      expect(splitText(`123456${end}`, 5)).to.deep.equal([
        { number: 1, text: '12345', problem: 'it is longer than 5 bytes' },
      ]);
    }
  });

  it('holds only the beginning of a line without end', () => {
    const splitter = new LineSplitter(10);
    for (let i = 0; i < 1000; i++) splitter.push(Buffer.alloc(100, 'x'));
    expect(splitter.push(Buffer.from('\nnext\n'))).to.deep.equal([
      { number: 1, text: 'xxxxxxxxxx', problem: 'it is longer than 10 bytes' },
      { number: 2, text: 'next', problem: undefined },
    ]);
  });

  it('gives the same lines however the bytes are parted', () => {
    const byte = fc.oneof(fc.constantFrom(10, 13, 0x61, 0xef, 0xbb, 0xbf, 0xe7, 0xa7, 0x91), fc.nat(255));
    const bytes = fc.oneof(
      fc.array(byte, { maxLength: 60 }).map((values) => Buffer.from(values)),
      fc.string({ unit: 'binary', maxLength: 40 }).map((text) => Buffer.from(text)),
    );
    fc.assert(
      fc.property(bytes, fc.array(fc.nat(60), { maxLength: 8 }), fc.integer({ min: 1, max: 12 }), (data, cuts, max) => {
        const places = [0, ...cuts.map((cut) => Math.min(cut, data.length)).sort((a, b) => a - b), data.length];
        const chunks = places.slice(1).map((end, i) => data.subarray(places[i], end));
        expect(split(chunks, max)).to.deep.equal(plainSplit(data, max));
      }),
      { numRuns: 1000 },
    );
  });

  it('gives back the lines that were joined', () => {
    const line = fc
      .string({ unit: 'grapheme', minLength: 1 })
      .filter((text) => !/[\r\n]/.test(text) && !text.startsWith('\uFEFF'));
    fc.assert(
      fc.property(fc.array(line), fc.constantFrom('\n', '\r\n'), (lines, end) => {
        expect(splitText(lines.map((text) => text + end).join('')).map(({ text }) => text)).to.deep.equal(lines);
      }),
    );
  });
});
