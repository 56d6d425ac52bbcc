import { expect } from 'chai';
import { LockstepError } from '../../src/errors.ts';
import { type DeadLetterPart, deadLetterRecord, largestPart } from '../../src/kafka/dead-letter-record.ts';
import type { KafkaRecord } from '../../src/kafka/record.ts';
import { type FakeDocument, fakeRecord } from './fake-record.ts';

const reason = new LockstepError('STAGE_FAILED', 'tokenize failed');
const NOTHING: ReadonlySet<DeadLetterPart> = new Set();

function letterOf(document: FakeDocument, why: LockstepError = reason) {
  return { document, reason: why };
}

const fromTopic = (fields: Partial<KafkaRecord> = {}) => letterOf({ text: 'value', id: 1, kafka: fakeRecord(fields) });
const headersOf = (letter: ReturnType<typeof letterOf>) => deadLetterRecord(letter, {}, NOTHING).headers ?? {};

describe('deadLetterRecord', () => {
  it('has what came, why it failed, and where it came from', () => {
    const kafka = fakeRecord({ headers: { a: 'b', many: ['c', Buffer.from('d')] } });
    expect(deadLetterRecord(letterOf({ text: 'value', kafka }), { added: 'e' }, NOTHING)).to.deep.equal({
      key: kafka.key,
      value: kafka.value,
      headers: {
        a: 'b',
        many: ['c', Buffer.from('d')],
        added: 'e',
        'lockstep-code': 'STAGE_FAILED',
        'lockstep-reason': 'tokenize failed',
        'lockstep-attempt': '1',
        'lockstep-topic': 'documents',
        'lockstep-partition': '2',
        'lockstep-offset': '17',
        'lockstep-timestamp': '1700000000000',
      },
    });
  });

  it('keeps a tombstone one', () => {
    expect(deadLetterRecord(fromTopic({ value: null, key: null }), {}, NOTHING)).to.include({ value: null, key: null });
  });

  it('has id and text of a document that comes from elsewhere', () => {
    const record = deadLetterRecord(letterOf({ text: 'ü', id: 7 }), {}, NOTHING);
    expect(record).to.deep.equal({
      key: '7',
      value: '{"id":7,"text":"ü"}',
      headers: { 'lockstep-code': 'STAGE_FAILED', 'lockstep-reason': 'tokenize failed', 'lockstep-attempt': '1' },
    });
    expect(deadLetterRecord(letterOf({ text: '' }), {}, NOTHING)).to.include({ key: null, value: '{"text":""}' });
  });

  it('counts the attempts of a record that is put back', () => {
    const attempts = [
      '1',
      '41',
      Buffer.from('2'),
      ['3', '9'],
      '0',
      '-1',
      '1.5',
      'x',
      '',
      '1e3',
      '9'.repeat(16),
      [],
      undefined,
    ];
    expect(
      attempts.map((attempt) => headersOf(fromTopic({ headers: { 'lockstep-attempt': attempt } }))['lockstep-attempt']),
    ).to.deep.equal(['2', '42', '3', '4', '1', '1', '1', '1', '1', '1', '1', '1', '1']);
  });

  it('tells the truth, whatever came or is added', () => {
    const lies = { 'lockstep-code': 'lie', 'lockstep-topic': 'lie' };
    const record = deadLetterRecord(fromTopic({ headers: lies }), lies, NOTHING);
    expect(record.headers).to.include({ 'lockstep-code': 'STAGE_FAILED', 'lockstep-topic': 'documents' });
  });

  it('gives the reason in one line, without a stack, of 1,000 characters at most', () => {
    const headers = headersOf(
      letterOf({ text: '' }, new LockstepError('INVALID_DATA', `a\r\n\tb\u0000\u001b[31m${'c'.repeat(2000)}`)),
    );
    expect(headers['lockstep-reason'])
      .to.match(/^a b \[31mc+$/)
      .with.length(1000);
  });

  it('makes headers without a value sendable, and takes their names as they come', () => {
    const headers: Record<string, null> = JSON.parse('{"none": null, "__proto__": null, "many": [null]}');
    const made = Object.entries(headersOf(fromTopic({ headers: Object(headers) }))).slice(0, 3);
    expect(made).to.deep.equal([
      ['none', Buffer.alloc(0)],
      ['__proto__', Buffer.alloc(0)],
      ['many', [Buffer.alloc(0)]],
    ]);
  });

  it('says what it leaves out', () => {
    const letter = fromTopic({ headers: { a: 'b', c: 'd' } });
    const record = deadLetterRecord(letter, { added: 'e' }, new Set(['key', 'value', 'headers'] as const));
    expect(record).to.include({ key: null, value: null });
    expect(record.headers).to.include({
      added: 'e',
      'lockstep-key-omitted': '3',
      'lockstep-value-omitted': '5',
      'lockstep-headers-omitted': '2',
    });
    expect(record.headers).not.to.have.any.keys('a', 'c');
  });
});

describe('largestPart', () => {
  it('names what takes most of the room, then the next, until nothing is left', () => {
    const letter = fromTopic({ key: Buffer.alloc(50), value: Buffer.alloc(10), headers: { a: 'x'.repeat(100) } });
    const omitted = new Set<DeadLetterPart>();
    for (const part of ['headers', 'key', 'value'] as const) {
      expect(largestPart(letter, omitted)).to.equal(part);
      omitted.add(part);
    }
    expect(largestPart(letter, omitted)).to.equal(undefined);
    expect(largestPart(fromTopic({ key: null, value: null }), NOTHING)).to.equal(undefined);
    expect(largestPart(letterOf({ text: 'x' }), NOTHING)).to.equal('value');
  });
});
