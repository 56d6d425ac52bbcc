import { expect } from 'chai';
import fc from 'fast-check';
import { broker, choice, count, duration, flag, list, port, shown, text, topic } from '../../../cli/serve/kinds.ts';

describe('kinds of settings', () => {
  it('reads times, which have a unit', () => {
    for (const [value, milliseconds] of [
      ['5ms', 5],
      ['2.5 ms', 2.5],
      ['0.5s', 500],
      ['.5s', 500],
      ['30s', 30_000],
      ['2m', 120_000],
    ] as const) {
      expect(duration.parse(value)).to.equal(milliseconds);
      expect(duration.check(value)).to.equal(milliseconds);
    }
    for (const value of ['', '5', '0ms', '-5ms', '0.5ms', '1e3s', '5h', '5ms5', '36000m', 'Infinitys'])
      expect(duration.parse(value), value).to.equal(undefined);
    for (const value of [30, true, null, ['5ms']]) expect(duration.check(value)).to.equal(undefined);
  });

  it('reads back every time that it prints', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 2 ** 31 - 1 }), (milliseconds) => {
        expect(duration.check(duration.print(milliseconds))).to.equal(milliseconds);
      }),
    );
  });

  it('reads counts and ports, in a file as numbers', () => {
    expect(count.parse('64')).to.equal(64);
    expect(count.check(64)).to.equal(64);
    for (const value of ['', '0', '-1', '1.5', '1e3', '0x10', '9007199254740993', 'many'])
      expect(count.parse(value), value).to.equal(undefined);
    for (const value of ['64', 0, 1.5, Number.NaN, Number.POSITIVE_INFINITY, null])
      expect(count.check(value)).to.equal(undefined);
    expect(port.parse('0')).to.equal(0);
    expect(port.check(65_535)).to.equal(65_535);
    for (const value of [-1, 65_536, 80.5, '80']) expect(port.check(value)).to.equal(undefined);
  });

  it('reads switches', () => {
    expect([flag.parse('true'), flag.parse('false'), flag.check(true), flag.check(false)]).to.deep.equal([
      true,
      false,
      true,
      false,
    ]);
    for (const value of ['yes', '1', 'TRUE', '']) expect(flag.parse(value)).to.equal(undefined);
    for (const value of ['true', 1, null]) expect(flag.check(value)).to.equal(undefined);
  });

  it('reads one of several words', () => {
    const colour = choice('red', 'green', 'blue');
    expect(colour.expected).to.equal('red, green or blue');
    expect(colour.parse('green')).to.equal('green');
    for (const value of ['Green', '', 'toString']) expect(colour.parse(value)).to.equal(undefined);
    for (const value of [0, null, ['red']]) expect(colour.check(value)).to.equal(undefined);
  });

  it('reads texts', () => {
    expect(text.check('a b')).to.equal('a b');
    for (const value of ['', ' ', 5, null]) expect(text.check(value)).to.equal(undefined);
  });

  it('reads names of topics as Kafka has them', () => {
    for (const value of ['documents', 'a.b_c-D9', '...', 'x'.repeat(249)]) expect(topic.parse(value)).to.equal(value);
    for (const value of ['', '.', '..', 'a b', 'a/b', 'ä', 'x'.repeat(250), 'a\n'])
      expect(topic.parse(value), value).to.equal(undefined);
  });

  it('reads brokers', () => {
    for (const value of ['localhost:9092', 'kafka-0.kafka:1', '10.0.0.1:65535', '[::1]:9092'])
      expect(broker.parse(value)).to.equal(value);
    for (const value of [
      '',
      'localhost',
      ':9092',
      'a:0',
      'a:65536',
      'http://a:9092',
      'u:p@a:9092',
      '::1:9092',
      'a b:1',
    ])
      expect(broker.parse(value), value).to.equal(undefined);
  });

  it('reads lists of different things, with commas or as a list', () => {
    const topics = list(topic, 'topics');
    expect(topics.parse('a, b')).to.deep.equal(['a', 'b']);
    expect(topics.check('a,b')).to.deep.equal(['a', 'b']);
    expect(topics.check(['a', 'b'])).to.deep.equal(['a', 'b']);
    for (const value of ['', 'a,', 'a,a', 'a,b c']) expect(topics.parse(value), value).to.equal(undefined);
    for (const value of [[], ['a', 5], ['a', 'a'], 5, null, [['a']]]) expect(topics.check(value)).to.equal(undefined);
  });

  it('never throws, whatever comes', () => {
    const kinds = [text, topic, broker, count, port, duration, flag, choice('a'), list(topic, 'topics')];
    fc.assert(
      fc.property(fc.constantFrom(...kinds), fc.anything(), fc.string({ unit: 'binary' }), (kind, value, string) => {
        kind.check(value);
        kind.parse(string);
        expect(shown(value)).to.be.a('string');
      }),
    );
  });

  it('shows a value without the password that stands before an @', () => {
    expect(shown('alice:geheim@a:9092,bob:geheim@b:9092')).to.equal('"…@a:9092,…@b:9092"');
    expect(shown(['alice:geheim@a:9092', 5])).to.equal('a list ("…@a:9092", 5)');
    expect([null, undefined, new Map(), 5, true].map(shown)).to.deep.equal([
      'nothing',
      'nothing',
      'a map',
      '5',
      'true',
    ]);
  });
});
