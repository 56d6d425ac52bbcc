import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { pathToFileURL } from 'node:url';
import { gzipSync } from 'node:zlib';
import { expect } from 'chai';
import fc from 'fast-check';
import { lastValueFrom, type Observable, take, tap, toArray } from 'rxjs';
import { fromLines } from '../../operators/from-lines.ts';
import type { DeadLetter, Document } from '../../src/document/document.ts';
import { settle } from '../../src/document/receipt.ts';
import { LockstepError } from '../../src/errors.ts';

/** All that comes, settled as it comes: `id text`. */
async function all(source: Observable<Document>): Promise<string[]> {
  const documents = await lastValueFrom(source.pipe(tap(settle), toArray()));
  return documents.map(({ id, text }) => `${id} ${text}`);
}

async function failureOf(source: Observable<unknown>): Promise<LockstepError> {
  const error = await lastValueFrom(source.pipe(toArray())).then(
    () => expect.fail('expected the Observable to error'),
    (reason: unknown) => reason,
  );
  if (error instanceof LockstepError) return error;
  throw error;
}

const bytes = (...chunks: (string | Uint8Array)[]) => Readable.from(chunks.map((chunk) => Buffer.from(chunk)));
const turn = () => new Promise((resolve) => setImmediate(resolve));

describe('fromLines', () => {
  let folder = '';
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'lockstep-lines-'));
  });
  after(() => rm(folder, { recursive: true }));

  async function file(name: string, content: string | Uint8Array): Promise<string> {
    const path = join(folder, name);
    await writeFile(path, content);
    return path;
  }

  it('emits the lines of a stream with their numbers', async () => {
    expect(await all(fromLines(bytes('one\r\n\ntw', 'o\nthree')))).to.deep.equal(['1 one', '3 two', '4 three']);
  });

  it('completes without a document for empty input', async () => {
    expect(await all(fromLines(Readable.from([])))).to.deep.equal([]);
    expect(await all(fromLines(bytes('\n\n')))).to.deep.equal([]);
    expect(await all(fromLines(await file('empty', '')))).to.deep.equal([]);
  });

  it('reads files by path and URL, anew for each subscriber', async () => {
    const path = await file('plain.txt', '科技\n经济\n');
    const lines$ = fromLines(path);
    expect(await all(lines$)).to.deep.equal(['1 科技', '2 经济']);
    expect(await all(lines$)).to.deep.equal(['1 科技', '2 经济']);
    expect(await all(fromLines(pathToFileURL(path)))).to.deep.equal(['1 科技', '2 经济']);
  });

  it('reads streams of strings', async () => {
    expect(await all(fromLines(Readable.from(['科', '技\n'])))).to.deep.equal(['1 科技']);
  });

  it('unpacks gzip, whatever the name, also of several members and in tiny chunks', async () => {
    const packed = Buffer.concat([gzipSync('a\nb'), gzipSync('c\nd')]);
    expect(await all(fromLines(await file('packed.txt', packed)))).to.deep.equal(['1 a', '2 bc', '3 d']);
    expect(await all(fromLines(bytes(...[...packed].map((byte) => Uint8Array.of(byte)))))).to.deep.equal([
      '1 a',
      '2 bc',
      '3 d',
    ]);
  });

  it('takes one byte that might begin gzip for what it is', async () => {
    expect(await all(fromLines(bytes(Uint8Array.of(0x1f))))).to.deep.equal(['1 \u001F']);
  });

  it('errors for gzip that is cut off or broken, with the cause', async () => {
    const packed = gzipSync('a line\n'.repeat(100));
    const broken = Buffer.from(packed);
    broken.fill(0xff, 12, 24);
    for (const content of [packed.subarray(0, -12), broken]) {
      const error = await failureOf(fromLines(bytes(content)).pipe(tap(settle)));
      expect(error).to.include({ code: 'INVALID_DATA' });
      expect(error.message).to.match(/^Cannot read input: /);
      expect(error.cause).to.be.instanceOf(Error);
    }
  });

  it('errors if the file is missing, is a folder, or the stream fails', async () => {
    const failure = new Error('cable cut');
    const failing = new Readable({
      read() {
        this.destroy(failure);
      },
    });
    const failed = new Readable().on('error', () => {});
    failed.destroy(failure);
    for (const [input, message] of [
      [join(folder, 'missing'), 'ENOENT'],
      [folder, 'EISDIR'],
      [failing, 'cable cut'],
      [failed, 'cable cut'],
    ] as const) {
      const error = await failureOf(fromLines(input));
      expect(error).to.have.property('code', 'INVALID_DATA');
      expect(error.message).to.include(message);
      expect(error.cause).to.be.instanceOf(Error);
    }
  });

  it('errors for a stream that gives neither bytes nor strings', async () => {
    expect((await failureOf(fromLines(Readable.from([{ text: 'a' }])))).message).to.include('got Object');
  });

  it('reads a stream once', async () => {
    const lines$ = fromLines(bytes('a\n'));
    expect(await all(lines$)).to.deep.equal(['1 a']);
    expect((await failureOf(lines$)).message).to.include('read already');
  });

  it('reads several inputs one after another, and says in the id which', async () => {
    const [first, second] = [await file('first.txt', 'a\nb'), await file('second.txt', 'c\n')];
    expect(await all(fromLines([first, second, bytes('d')]))).to.deep.equal([
      `${first}:1 a`,
      `${first}:2 b`,
      `${second}:1 c`,
      'input:1 d',
    ]);
    expect(await all(fromLines([first]))).to.deep.equal(['1 a', '2 b']);
    expect(await all(fromLines([]))).to.deep.equal([]);
  });

  it('has at most `maxInFlight` documents out over all inputs', async () => {
    const paths = await Promise.all(['1', '2', '3'].map((name) => file(name, 'a\nb\n')));
    const seen: Document[] = [];
    const subscription = fromLines(paths, { maxInFlight: 3 }).subscribe((document) => seen.push(document));
    while (seen.length < 3) await turn();
    for (let i = 0; i < 20; i++) await turn();
    expect(seen).to.have.length(3);
    seen.slice(0, 2).forEach(settle);
    while (seen.length < 5) await turn();
    expect(seen).to.have.length(5);
    subscription.unsubscribe();
  });

  it('stops reading a stream while nothing is settled', async () => {
    let read = 0;
    const endless = new Readable({
      highWaterMark: 1024,
      read() {
        read++;
        this.push('x'.repeat(1023).concat('\n'));
      },
    });
    const subscription = fromLines(endless, { maxInFlight: 4 }).subscribe();
    for (let i = 0; i < 50; i++) await turn();
    expect(read).to.be.at.most(4 + 4);
    subscription.unsubscribe();
  });

  it('destroys the stream when the subscriber leaves, also while it waits for bytes', async () => {
    const input = new PassThrough();
    const subscription = fromLines(input).subscribe({ error: () => expect.fail('leaving is no error') });
    input.write('a\n');
    await turn();
    subscription.unsubscribe();
    expect(input.destroyed).to.equal(true);
    await turn();
  });

  it('destroys the stream under `take`', async () => {
    const input = new Readable({
      read() {
        this.push('a\nb\n');
      },
    });
    expect(await all(fromLines(input).pipe(take(3)))).to.deep.equal(['1 a', '2 b', '3 a']);
    expect(input.destroyed).to.equal(true);
  });

  it('hands lines that are not UTF-8, or too long, to `deadLetters`, and goes on', async () => {
    const letters: DeadLetter[] = [];
    const lines = fromLines(bytes('a\n', Uint8Array.of(0x62, 0xff, 0x0a), 'c\n12345678\nd'), {
      maxLineLength: 5,
      deadLetters: (letter) => letters.push(letter),
    });
    expect(await all(lines)).to.deep.equal(['1 a', '3 c', '5 d']);
    expect(letters.map(({ document }) => document)).to.deep.equal([
      { id: 2, text: 'b\uFFFD' },
      { id: 4, text: '12345' },
    ]);
    expect(letters.map(({ reason }) => reason.code)).to.deep.equal(['INVALID_DATA', 'INVALID_DATA']);
    expect(letters.map(({ reason }) => reason.message)).to.deep.equal([
      'Cannot use line 2 of input: it is not UTF-8',
      'Cannot use line 4 of input: it is longer than 5 bytes',
    ]);
  });

  it('gives no credit away for dead letters', async () => {
    const letters: DeadLetter[] = [];
    const bad = Buffer.concat(Array.from({ length: 20 }, () => Buffer.from([0xff, 0x0a])));
    const lines = fromLines(bytes(bad, 'a\nb'), { maxInFlight: 1, deadLetters: (letter) => letters.push(letter) });
    expect(await all(lines)).to.deep.equal(['21 a', '22 b']);
    expect(letters).to.have.length(20);
  });

  it('errors for a bad line if nobody takes dead letters, and destroys the stream', async () => {
    const input = bytes('a\n', Uint8Array.of(0xff), '\nb');
    const error = await failureOf(fromLines(input));
    expect(error.message).to.equal('Cannot use line 2 of input: it is not UTF-8');
    expect(input.destroyed).to.equal(true);
  });

  it('errors with what `deadLetters` throws', async () => {
    const failure = new LockstepError('STAGE_FAILED', 'disk full');
    const deadLetters = (): void => {
      throw failure;
    };
    expect(await failureOf(fromLines(bytes(Uint8Array.of(0xff)), { deadLetters }))).to.equal(failure);
  });

  it('emits the same, packed or not, however it is parted', async () => {
    const text = fc
      .array(fc.constantFrom('a', '科', '\n', '\r\n', 'é'), { maxLength: 30 })
      .map((parts) => parts.join(''));
    await fc.assert(
      fc.asyncProperty(text, fc.integer({ min: 1, max: 7 }), async (content, size) => {
        const data = Buffer.from(content);
        const parted = (whole: Buffer) =>
          bytes(
            ...Array.from({ length: Math.ceil(whole.length / size) }, (_, i) =>
              whole.subarray(i * size, (i + 1) * size),
            ),
          );
        const expected = content.split(/\r?\n/).flatMap((line, i) => (line === '' ? [] : [`${i + 1} ${line}`]));
        expect(await all(fromLines(parted(data), { maxInFlight: size }))).to.deep.equal(expected);
        expect(await all(fromLines(parted(gzipSync(data))))).to.deep.equal(expected);
      }),
      { numRuns: 50 },
    );
  });

  it('refuses arguments that are not what they should be', () => {
    for (const input of [undefined, null, '', 7, {}, new URL('http://localhost/'), [''], [null]])
      expect(() => Reflect.apply(fromLines, undefined, [input]))
        .to.throw(LockstepError, 'input')
        .with.property('code', 'INVALID_ARGUMENT');
    for (const options of [{ maxInFlight: 0 }, { maxLineLength: 0 }, { maxLineLength: 1.5 }, { deadLetters: 'no' }])
      expect(() => Reflect.apply(fromLines, undefined, ['x', options]))
        .to.throw(LockstepError, Object.keys(options)[0])
        .with.property('code', 'INVALID_ARGUMENT');
  });
});
