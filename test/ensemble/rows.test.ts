import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { expect } from 'chai';
import { type BadRow, type ReadRowsOptions, readRows } from '../../src/ensemble/rows.ts';

const read = (text: string | Buffer, options?: ReadRowsOptions) =>
  readRows(Readable.from([Buffer.from(text)]), options);
const failure = (ended: Promise<unknown>): Promise<Error> =>
  ended.then(
    () => expect.fail('expected it to reject'),
    (error) => error,
  );

describe('readRows', () => {
  it('reads label<TAB>text, with CRLF, a byte order mark, empty lines and further tabs', async () => {
    const { rows, bad, skipped } = await read('\uFEFFtech\t苹果\r\n\r\n culture \t a\tb \n');
    expect(rows).to.deep.equal([
      { label: 'tech', text: '苹果' },
      { label: 'culture', text: 'a\tb' },
    ]);
    expect([bad.length, skipped]).to.deep.equal([0, 0]);
  });

  it('reads JSON lines, also of other fields', async () => {
    const plain = await read('{"label":"a","text":"one"}\n{"text":"two","label":"b","id":7}');
    expect(plain.rows).to.deep.equal([
      { label: 'a', text: 'one' },
      { label: 'b', text: 'two' },
    ]);
    const named = await read('{"y":"a","doc":{"body":"one"}}', { labelField: 'y', textField: 'doc.body' });
    expect(named.rows).to.deep.equal([{ label: 'a', text: 'one' }]);
  });

  it('reads a file, plain or gzip whatever its name', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'rows-'));
    try {
      const file = join(folder, 'rows.tsv');
      for (const content of [Buffer.from('a\tone\n'), gzipSync('a\tone\n')]) {
        await writeFile(file, content);
        expect((await readRows(file)).rows).to.deep.equal([{ label: 'a', text: 'one' }]);
      }
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it('puts characters together that chunks cut apart', async () => {
    const bytes = Buffer.from('a\t科技\n');
    const { rows } = await readRows(Readable.from(Array.from(bytes, (byte) => Buffer.of(byte))));
    expect(rows).to.deep.equal([{ label: 'a', text: '科技' }]);
  });

  it('collects bad rows with their lines and reasons', async () => {
    const told: BadRow[] = [];
    const { rows, bad } = await read('a\tone\nno tab\n\ttwo\nb\t \nb\ttwo\n', { onBadRow: (row) => told.push(row) });
    expect(rows.map(({ label }) => label)).to.deep.equal(['a', 'b']);
    expect(bad.map(({ line, reason }) => [line, reason.code, reason.message])).to.deep.equal([
      [2, 'INVALID_DATA', 'Cannot use line 2 of input: expected label<TAB>text, got no tab'],
      [3, 'INVALID_DATA', 'Cannot use line 3 of input: the label is empty'],
      [4, 'INVALID_DATA', 'Cannot use line 4 of input: the text is empty'],
    ]);
    expect(told).to.deep.equal(bad);
  });

  it('collects lines of JSON that are none, or lack a field', async () => {
    const { rows, bad } = await read('{"label":"a","text":"one"}\n{"label":1,"text":"x"}\n[]\n{');
    expect(rows).to.have.length(1);
    expect(bad.map(({ line }) => line)).to.deep.equal([2, 3, 4]);
    expect(bad[0]?.reason.message).to.include('expected the field `label` to be a string, got 1');
  });

  it('fails beyond 10 bad rows or a hundredth, whichever is more', async () => {
    const good = (count: number) => 'a\tone\n'.repeat(count);
    const bad = (count: number) => 'bad\n'.repeat(count);
    expect((await read(good(5) + bad(10))).bad).to.have.length(10);
    const error = await failure(read(good(5) + bad(11)));
    expect(error).to.include({ code: 'INVALID_DATA' });
    expect(error.message).to.include('11 of 16 lines are no rows, at most 10 may be').and.to.include('line 6');
    expect((await read(good(1980) + bad(20))).bad).to.have.length(20);
    expect(await failure(read(good(1979) + bad(21)))).to.include({ code: 'INVALID_DATA' });
    expect(await failure(read(good(5) + bad(1), { maxBadRows: 0 }))).to.include({ code: 'INVALID_DATA' });
  });

  it('leaves out rows of other labels, and counts them', async () => {
    const { rows, skipped, bad } = await read('a\tone\nc\ttwo\nb\tthree\nc\tfour\n', { labels: ['a', 'b'] });
    expect(rows.map(({ label }) => label)).to.deep.equal(['a', 'b']);
    expect([skipped, bad.length]).to.deep.equal([2, 0]);
  });

  it('fails for what is not UTF-8, with the line', async () => {
    const error = await failure(read(Buffer.concat([Buffer.from('a\tone\nb\t'), Buffer.of(0xbf, 0xc6, 0x0a)])));
    expect(error).to.include({ code: 'INVALID_DATA', message: 'Cannot use line 2 of input: it is not UTF-8' });
  });

  it('fails for a file that is not there, or gzip that is cut', async () => {
    expect(await failure(readRows('nowhere/rows.tsv'))).to.include({ code: 'INVALID_DATA' });
    const cut = gzipSync('a\tone\n'.repeat(1000)).subarray(0, 30);
    expect(await failure(read(cut))).to.include({ code: 'INVALID_DATA' });
  });

  it('refuses other inputs and options', async () => {
    expect(await failure(readRows(''))).to.include({ code: 'INVALID_ARGUMENT' });
    expect(await failure(read('a\tb', { maxBadRows: -1 }))).to.include({ code: 'INVALID_ARGUMENT' });
    const csv = await failure(read('a\tb', Object(JSON.parse('{"format":"csv"}'))));
    expect(csv).to.include({ code: 'INVALID_ARGUMENT' });
  });
});
