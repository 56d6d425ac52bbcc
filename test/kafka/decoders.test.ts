import { expect } from 'chai';
import fc from 'fast-check';
import { LockstepError } from '../../src/errors.ts';
import type { KafkaHeaders } from '../../src/kafka/client.ts';
import { identityOf, type JsonValueDocument, json, type TextDocument, text } from '../../src/kafka/decoders.ts';
import type { KafkaRecord } from '../../src/kafka/record.ts';
import { FakeSource } from './fake-source.ts';

function record(value: string | Uint8Array | null, headers: KafkaHeaders = {}): KafkaRecord {
  const bytes = value === null ? null : Buffer.from(value);
  return { topic: 't', partition: 1, offset: '7', timestamp: 0, key: null, value: bytes, headers };
}

const MARK = Buffer.from([0xef, 0xbb, 0xbf]);

describe('text()', () => {
  it('is the value, known by where it stands', () => {
    expect(text()(record('héadline 标题'))).to.deep.equal({ text: 'héadline 标题', id: 't/1/7' });
  });

  for (const [what, value, expected] of [
    ['nothing at all, which is not a tombstone', '', ''],
    ['a byte order mark, which is left out', MARK, ''],
    ['text after a byte order mark', Buffer.concat([MARK, Buffer.from('a')]), 'a'],
    ['a second byte order mark, which is text', Buffer.concat([MARK, MARK]), '\ufeff'],
    ['the character that stands for what cannot be read', '\ufffd', '\ufffd'],
    ['a character of four bytes', '🙂', '🙂'],
    ['a null character', '\0', '\0'],
  ] as const)
    it(`takes ${what}`, () => {
      expect(text()(record(value))?.text).to.equal(expected);
    });

  for (const [what, bytes] of [
    ['a byte that is never there', [0xff]],
    ['a character cut off', [0xe6, 0xa0]],
    ['a byte that goes on from nothing', [0x61, 0x80]],
    ['a character written too long', [0xc0, 0xaf]],
    ['half a surrogate pair', [0xed, 0xa0, 0x80]],
    ['a code beyond Unicode', [0xf4, 0x90, 0x80, 0x80]],
  ] as const)
    it(`refuses what is not UTF-8: ${what}`, () => {
      expect(() => text()(record(Uint8Array.from(bytes)))).to.throw(Error, 'it is not UTF-8');
    });

  it('passes tombstones over, or refuses them', () => {
    expect(text()(record(null))).to.equal(null);
    expect(text({ tombstones: 'skip' })(record(null))).to.equal(null);
    expect(() => text({ tombstones: 'dead-letter' })(record(null))).to.throw('it has no value: it is a tombstone');
  });

  it('refuses options that are not what they should be', () => {
    // @ts-expect-error: no such choice
    expect(() => text({ tombstones: 'keep' })).to.throw(LockstepError, 'Expected `tombstones` to be');
  });
});

describe('json()', () => {
  it('is the field of an object, with all that the value holds', () => {
    const value = { text: 'a headline', id: 'x-1', other: [1] };
    expect(json()(record(JSON.stringify(value)))).to.deep.equal({ text: 'a headline', id: 'x-1', record: value });
  });

  it('finds fields within fields, and one whose name has a dot', () => {
    const decode = json('body.title', { id: 'meta.key' });
    expect(decode(record('{"body":{"title":"within"},"meta":{"key":5}}'))).to.include({ text: 'within', id: 5 });
    expect(decode(record('{"body.title":"dotted"}'))).to.include({ text: 'dotted', id: 't/1/7' });
  });

  for (const [what, value, why] of [
    ['nothing', '', 'it is not JSON'],
    ['no JSON', '{"text":', 'it is not JSON'],
    ['a list', '["text"]', 'expected a JSON object, got array of 1'],
    ['null', 'null', 'expected a JSON object, got null'],
    ['a number', '7', 'expected a JSON object, got 7'],
    ['an object without text', '{}', 'expected the field `text` to be a string, got undefined'],
    ['text that is no text', '{"text":7}', 'expected the field `text` to be a string, got 7'],
    ['an identity that is none', '{"text":"a","id":{}}', 'expected the field `id` to be a string or a number'],
    ['an identity that would change', '{"text":"a","id":9007199254740993}', 'too large to be kept exactly'],
  ] as const)
    it(`refuses ${what}`, () => {
      expect(() => json()(record(value))).to.throw(Error, why);
    });

  it('takes no field for its own that every object has', () => {
    for (const field of ['constructor.name', '__proto__.constructor.name', 'toString'])
      expect(() => json(field)(record('{}')), field).to.throw(Error, 'to be a string, got undefined');
  });

  it('refuses arguments that are not what they should be', () => {
    expect(() => json('')).to.throw(LockstepError, 'Expected `field` to be the name of a field');
    expect(() => json('text', { id: '' })).to.throw(LockstepError, 'Expected `id` to be the name of a field');
    // @ts-expect-error: a number
    expect(() => json(5)).to.throw(LockstepError, 'Expected `field`');
    // @ts-expect-error: no such choice
    expect(() => json('text', { tombstones: true })).to.throw(LockstepError, 'Expected `tombstones`');
  });

  it('passes tombstones over, or refuses them', () => {
    expect(json()(record(null))).to.equal(null);
    expect(() => json('text', { tombstones: 'dead-letter' })(record(null))).to.throw('tombstone');
  });
});

describe('identityOf', () => {
  it('is where a record stands', () => {
    expect(identityOf({ ...record(''), topic: 'a.b', partition: 0, offset: '12' })).to.equal('a.b/0/12');
  });
});

/** JSON that means harm, or that nobody has thought of. */
const nasty = fc.constantFrom(
  '{"__proto__":{"polluted":true},"text":"a"}',
  '{"constructor":{"prototype":{"polluted":true}},"text":"a"}',
  '{"text":"a","id":"__proto__"}',
  '{"text":{"toString":"x"}}',
  `{"text":"a","deep":${'['.repeat(5000)}${']'.repeat(5000)}}`,
  '{"a":'.repeat(5000),
  `{"text":"${'\\ud800'.repeat(100)}"}`,
  '{"text":"a","text":7}',
  '{"text":"a","id":1e999}',
  '{"text":"a","id":-0}',
  '\ufeff{"text":"a"}',
  '{"text":"a"}\0',
);
const payload = fc.oneof(
  fc.uint8Array({ maxLength: 60 }),
  fc.string({ maxLength: 60, unit: 'binary' }),
  fc.jsonValue({ maxDepth: 3 }).map((value) => JSON.stringify(value)),
  fc.record({ text: fc.oneof(fc.string(), fc.jsonValue()), id: fc.jsonValue() }).map((value) => JSON.stringify(value)),
  nasty,
  fc.constant(null),
);
const headers = fc.dictionary(
  fc.oneof(fc.string({ maxLength: 8 }), fc.constantFrom('__proto__', 'traceparent', 'constructor')),
  fc.oneof(fc.string(), fc.constant(undefined), fc.array(fc.string(), { maxLength: 3 })),
);
const DECODERS = [
  text(),
  text({ tombstones: 'dead-letter' }),
  json(),
  json('body.text', { id: 'meta.id' }),
  json('__proto__.text'),
];

describe('whatever comes', () => {
  const untouched = (): void => {
    expect(Object.getOwnPropertyNames(Object.prototype)).not.to.include('polluted');
    expect({}).not.to.have.property('polluted');
  };

  it('is a document, nothing or an error, and touches nothing else: 10,000 payloads', () => {
    fc.assert(
      fc.property(payload, headers, fc.nat(DECODERS.length - 1), (value, headers, which) => {
        let decoded: TextDocument | JsonValueDocument | null | undefined;
        try {
          decoded = DECODERS[which]?.(record(value, headers));
        } catch (error) {
          if (!(error instanceof Error) || error.message === '')
            throw new Error('no reason was given', { cause: error });
          return;
        }
        if (decoded === null && value === null) return;
        const { text, id } = decoded ?? {};
        if (typeof text !== 'string' || !['string', 'number'].includes(typeof id)) throw new Error('no document');
      }),
      { numRuns: 10_000 },
    );
    untouched();
  });

  it('is so with a megabyte, too', () => {
    const megabyte = 2 ** 20;
    expect(text()(record('a'.repeat(megabyte)))?.text.length).to.equal(megabyte);
    expect(() => text()(record(new Uint8Array(megabyte).fill(0xff)))).to.throw('it is not UTF-8');
    expect(json()(record(JSON.stringify({ text: '标'.repeat(megabyte / 3) })))?.text.length).to.be.above(300_000);
    expect(() => json()(record('['.repeat(megabyte)))).to.throw(Error, 'it is not JSON');
    expect(() => json()(record(`{"text":${'['.repeat(megabyte / 2)}${']'.repeat(megabyte / 2)}}`))).to.throw(Error);
  });

  it('comes out of a source as a document or a dead letter, and is committed', async () => {
    const written: string[] = [];
    const source = new FakeSource({
      source: {
        decode: json(),
        commitEvery: 50,
        deadLetters: ({ document }) => void written.push(String(document.id)),
      },
      next: ({ receipt }) => receipt.acknowledge(),
    });
    const log = source.broker.log(0);
    for (const value of fc.sample(payload, { numRuns: 1000, seed: 7 })) {
      const bytes = value instanceof Uint8Array ? Buffer.from(value) : value;
      log.append(bytes, {
        headers: Object.fromEntries(Array.from({ length: 20 }, (_, i) => [`h${i}`, 'x'.repeat(1000)])),
      });
    }
    source.subscribe();
    await source.time.pass(3000);
    const tombstones = log.records.filter(({ value }) => value === null).length;
    expect(source.emitted.length + written.length + tombstones).to.equal(1000);
    expect(source.emitted.length).to.be.above(50);
    expect(written.length).to.be.above(50);
    expect(source.broker.committed.get(0)).to.equal(1000);
    untouched();
  });
});
