import { expect } from 'chai';
import { type MessageOptions, messageOf } from '../../src/kafka/verdict-message.ts';
import { type FakeDocument, fakeRecord } from './fake-record.ts';

const options: MessageOptions<FakeDocument> = {
  topic: 'verdicts',
  encode: ({ text }) => text,
  key: undefined,
  headers: undefined,
  timestamp: undefined,
  partition: undefined,
};

/** The record of a document, by options of which some come from outside the types. */
function recordOf(document: FakeDocument, over: Partial<Record<keyof MessageOptions<FakeDocument>, unknown>> = {}) {
  const made: unknown = Reflect.apply(messageOf, undefined, [{ ...options, ...over }]);
  if (typeof made !== 'function') throw new Error('expected a function');
  return made(document);
}

const encodedAs = (encoded: unknown): unknown => recordOf({ text: '' }, { encode: () => encoded }).record.value;

describe('messageOf', () => {
  it('makes a record of what it is told, and of nothing else', () => {
    expect(messageOf(options)({ text: 'a' })).to.deep.equal({ topic: 'verdicts', record: { key: null, value: 'a' } });
    expect(
      messageOf<FakeDocument>({
        topic: ({ text }) => `to-${text}`,
        encode: ({ text }) => ({ text }),
        key: ({ text }) => Buffer.from(text),
        headers: ({ text }) => ({ text, many: [text, Buffer.from(text)], none: undefined }),
        timestamp: () => 0,
        partition: () => 4,
      })({ text: 'a' }),
    ).to.deep.equal({
      topic: 'to-a',
      record: {
        key: Buffer.from('a'),
        value: '{"text":"a"}',
        headers: { text: 'a', many: ['a', Buffer.from('a')] },
        timestamp: '0',
        partition: 4,
      },
    });
  });

  it('takes for a key that of the record that came, then the id, then none', () => {
    const key = Buffer.from([0, 255]);
    expect(recordOf({ text: '', id: 7, kafka: fakeRecord({ key }) }).record.key).to.equal(key);
    expect(recordOf({ text: '', id: 7, kafka: fakeRecord({ key: null }) }).record.key).to.equal('7');
    expect(recordOf({ text: '', id: '' }).record.key).to.equal('');
    expect(recordOf({ text: '' }).record.key).to.equal(null);
    expect(recordOf({ text: '', id: 7 }, { key: () => null }).record.key).to.equal(null);
    expect(recordOf({ text: '', id: 7 }, { key: () => undefined }).record.key).to.equal(null);
  });

  it('sends strings and bytes as they are, null as a tombstone, and the rest as JSON', () => {
    const bytes = Buffer.from([0, 255]);
    expect(encodedAs('')).to.equal('');
    expect(encodedAs(bytes)).to.equal(bytes);
    expect(encodedAs(new Uint8Array(bytes).subarray(1))).to.deep.equal(Buffer.from([255]));
    expect(encodedAs(null)).to.equal(null);
    expect([0, false, [null], { a: 1 }].map(encodedAs)).to.deep.equal(['0', 'false', '[null]', '{"a":1}']);
  });

  it('passes the trace on, and adds headers to it', () => {
    const trace = { traceparent: Buffer.from('00-1-2-01'), tracestate: [Buffer.from('a=1'), 'b=2'] };
    const kafka = fakeRecord({ headers: { ...trace, other: 'stays behind', Traceparent: 'no' } });
    expect(recordOf({ text: '', kafka }).record.headers).to.deep.equal(trace);
    expect(
      recordOf({ text: '', kafka }, { headers: () => ({ tracestate: 'c=3', x: 'y' }) }).record.headers,
    ).to.deep.equal({
      traceparent: trace.traceparent,
      tracestate: 'c=3',
      x: 'y',
    });
    expect(recordOf({ text: '', kafka: fakeRecord() }).record).not.to.have.property('headers');
    const odd: unknown = JSON.parse('{"__proto__": {"traceparent": "inherited"}, "tracestate": null}');
    expect(recordOf({ text: '', kafka: fakeRecord({ headers: Object(odd) }) }).record).not.to.have.property('headers');
  });

  it('leaves out headers that are undefined, and takes names as they come', () => {
    const named: unknown = JSON.parse('{"__proto__": "a", "": "b"}');
    const { headers } = recordOf({ text: '' }, { headers: () => named }).record;
    expect(Object.entries(headers)).to.deep.equal([
      ['__proto__', 'a'],
      ['', 'b'],
    ]);
    expect(recordOf({ text: '' }, { headers: () => undefined }).record.headers).to.deep.equal({});
  });

  it('refuses what a client would not understand', () => {
    for (const [over, message] of [
      [{ topic: () => '' }, /`topic` to give the name of a topic, got ""/],
      [{ topic: () => 7 }, /`topic`.*got 7/],
      [{ encode: () => undefined }, /`encode`.*got undefined/],
      [{ encode: () => () => 1 }, /`encode`.*got function/],
      [{ encode: () => 1n }, /BigInt/],
      [{ key: () => 7 }, /`key` to give a string, a Buffer or null, got 7/],
      [{ key: () => new Uint8Array(1) }, /`key`.*got Uint8Array/],
      [{ headers: () => 'a=b' }, /`headers` to give an object, got "a=b"/],
      [{ headers: () => ['a'] }, /`headers`.*got array of 1/],
      [{ headers: () => ({ a: 1 }) }, /`headers` to give strings and Buffers, got 1 for a/],
      [{ headers: () => ({ a: null }) }, /got null for a/],
      [{ headers: () => ({ a: ['b', undefined] }) }, /got array of 2 for a/],
      [{ timestamp: () => Number.NaN }, /`timestamp` to give an integer of at least 0, got NaN/],
      [{ timestamp: () => new Date() }, /`timestamp`.*got Date/],
      [{ partition: () => -1 }, /`partition`.*got -1/],
      [{ partition: () => 1.5 }, /`partition`.*got 1.5/],
    ] as const)
      expect(() => recordOf({ text: '' }, over), String(message)).to.throw(TypeError, message);
  });

  it('takes no notice of a field `kafka` that is no record', () => {
    const record = fakeRecord({ headers: { traceparent: 'x' } });
    const broken: unknown[] = [
      null,
      'record',
      {},
      ...Object.keys(record).map((name) => ({ ...record, [name]: undefined })),
      { ...record, key: 'text' },
      { ...record, headers: null },
    ];
    const made = messageOf(options);
    for (const kafka of broken)
      expect(Reflect.apply(made, undefined, [{ text: '', id: 1, kafka }]).record).to.deep.equal({
        key: '1',
        value: '',
      });
  });
});
