import { Readable } from 'node:stream';
import { expect } from 'chai';
import fc from 'fast-check';
import { lastValueFrom, tap, toArray } from 'rxjs';
import { fromJsonLines, type JsonDocument, type JsonLineOptions } from '../../operators/from-json-lines.ts';
import type { DeadLetter } from '../../src/document/document.ts';
import { settle } from '../../src/document/receipt.ts';
import { LockstepError } from '../../src/errors.ts';

interface Read {
  readonly documents: readonly JsonDocument[];
  readonly letters: readonly DeadLetter[];
}

async function read(lines: readonly string[], options: JsonLineOptions = {}): Promise<Read> {
  const letters: DeadLetter[] = [];
  const input = Readable.from([Buffer.from(lines.join('\n'))]);
  const documents$ = fromJsonLines(input, { deadLetters: (letter) => letters.push(letter), ...options });
  return {
    documents: await lastValueFrom(
      documents$.pipe(
        tap((document) => settle(document)),
        toArray(),
      ),
    ),
    letters,
  };
}

/** Why a line is a dead letter. */
async function refusal(line: string, options: JsonLineOptions = {}): Promise<string> {
  const { documents, letters } = await read([line, '{"text":"next"}'], options);
  expect(documents.map(({ text }) => text)).to.deep.equal(['next']);
  expect(letters).to.have.length(1);
  expect(letters[0]?.document).to.deep.equal({ id: 1, text: line });
  expect(letters[0]?.reason.code).to.equal('INVALID_DATA');
  return letters[0]?.reason.message.replace('Cannot use line 1 of input: ', '') ?? '';
}

describe('fromJsonLines', () => {
  it('emits text, identity and the whole record', async () => {
    const { documents, letters } = await read([
      '{"id":"x","text":"a","n":[1]}',
      '',
      '{"text":"b"}',
      '{"id":0,"text":""}',
    ]);
    expect(documents.map(({ id, text, record }) => ({ id, text, record }))).to.deep.equal([
      { id: 'x', text: 'a', record: { id: 'x', text: 'a', n: [1] } },
      { id: 3, text: 'b', record: { text: 'b' } },
      { id: 0, text: '', record: { id: 0, text: '' } },
    ]);
    expect(letters).to.deep.equal([]);
  });

  it('finds fields within fields; a field of the very name comes first', async () => {
    const options = { text: 'body.title', id: 'meta.ids.0' };
    const { documents } = await read(
      ['{"body":{"title":"deep"},"meta":{"ids":[7]}}', '{"body.title":"flat","body":{"title":"deep"}}'],
      options,
    );
    expect(documents.map(({ id, text }) => [id, text])).to.deep.equal([
      [7, 'deep'],
      [2, 'flat'],
    ]);
  });

  it('makes dead letters of lines that are no JSON object', async () => {
    expect(await refusal('oops')).to.match(/^it is not JSON: /);
    expect(await refusal('{"text":"cut')).to.match(/^it is not JSON: /);
    expect(await refusal('{"text":"a"} {"text":"b"}')).to.match(/^it is not JSON: /);
    expect(await refusal('[1,2]')).to.equal('expected a JSON object, got array of 2');
    expect(await refusal('null')).to.equal('expected a JSON object, got null');
    expect(await refusal('"text"')).to.equal('expected a JSON object, got "text"');
  });

  it('makes dead letters of lines without the text', async () => {
    expect(await refusal('{"title":"a"}')).to.equal('expected the field `text` to be a string, got undefined');
    expect(await refusal('{"text":7}')).to.equal('expected the field `text` to be a string, got 7');
    expect(await refusal('{"text":null}')).to.equal('expected the field `text` to be a string, got null');
  });

  it('makes dead letters of lines with an identity that would not survive', async () => {
    expect(await refusal('{"text":"a","id":{}}')).to.include('got Object');
    expect(await refusal('{"text":"a","id":true}')).to.include('got true');
    expect(await refusal('{"text":"a","id":12345678901234567890}')).to.include('make it a string');
  });

  it('takes null for no identity, and fractions for what they are', async () => {
    const { documents } = await read(['{"text":"a","id":null}', '{"text":"b","id":1.5}']);
    expect(documents.map(({ id }) => id)).to.deep.equal([1, 1.5]);
  });

  it('is not led to what objects inherit', async () => {
    for (const text of ['__proto__', 'constructor.name', 'text.length', 'toString'])
      expect((await read(['{"text":"a"}'], { text })).letters).to.have.length(1);
    const { documents } = await read(['{"__proto__":{"polluted":"yes"},"text":"a"}']);
    expect(documents).to.have.length(1);
    expect(Object.hasOwn(Object.prototype, 'polluted')).to.equal(false);
    expect(Reflect.get({}, 'polluted')).to.equal(undefined);
  });

  it('errors for a bad line if nobody takes dead letters, with the cause', async () => {
    const error = await lastValueFrom(fromJsonLines(Readable.from(['{"text":"a"}\noops\n']))).catch((reason) => reason);
    expect(error).to.be.instanceOf(LockstepError);
    expect(error.message).to.match(/^Cannot use line 2 of input: it is not JSON: /);
    expect(error.cause.cause).to.be.instanceOf(SyntaxError);
  });

  it('gives back any record that was written, and never stops at any other line', async () => {
    const record = fc.record({ text: fc.string(), rest: fc.json().map((json) => JSON.parse(json)) });
    const garbage = fc.string().filter((line) => !/[\r\n]/.test(line) && line !== '' && !line.startsWith('\uFEFF'));
    await fc.assert(
      fc.asyncProperty(fc.array(fc.oneof(record, garbage), { maxLength: 10 }), async (lines) => {
        const written = lines.map((line) => (typeof line === 'string' ? line : JSON.stringify(line)));
        const { documents, letters } = await read(written);
        expect(documents.length + letters.length).to.equal(lines.length);
        expect(documents.map((document) => document.record)).to.deep.equal(
          written.filter((line) => line.startsWith('{"text":')).map((line) => JSON.parse(line)),
        );
      }),
      { numRuns: 100 },
    );
  });

  it('refuses fields that are no names', () => {
    for (const options of [{ text: '' }, { id: '' }, { text: 7 }])
      expect(() => Reflect.apply(fromJsonLines, undefined, ['x', options]))
        .to.throw(LockstepError, Object.keys(options)[0])
        .with.property('code', 'INVALID_ARGUMENT');
    expect(() => fromJsonLines('')).to.throw(LockstepError, 'input');
  });
});
