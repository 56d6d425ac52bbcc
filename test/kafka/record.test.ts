import { expect } from 'chai';
import { Assignment } from '../../src/kafka/assignment.ts';
import type { KafkaHeaderValue } from '../../src/kafka/client.ts';
import { Delivery } from '../../src/kafka/delivery.ts';
import { ConsumedRecord, headerText } from '../../src/kafka/record.ts';

describe('ConsumedRecord', () => {
  const assignment = new Assignment('t', 2, 'g', { finished: () => {}, rejected: () => {} });
  const message = { offset: '9007199254740993', timestamp: '1700000000123', key: null, value: Buffer.from('text') };

  it('holds what came, its offset digit by digit', () => {
    const record = new ConsumedRecord(assignment, message, new Delivery(assignment, 9, 0));
    expect({ ...record }).to.deep.equal({
      topic: 't',
      partition: 2,
      offset: '9007199254740993',
      timestamp: 1_700_000_000_123,
      key: null,
      value: Buffer.from('text'),
      headers: {},
    });
  });

  it('knows its delivery, and shows it to nobody else', () => {
    const delivery = new Delivery(assignment, 9, 0);
    const record = new ConsumedRecord(assignment, message, delivery);
    expect(ConsumedRecord.deliveryOf(record)).to.equal(delivery);
    expect(Object.values(record)).not.to.include(delivery);
    expect(ConsumedRecord.deliveryOf({ ...record })).to.equal(undefined);
    expect(ConsumedRecord.deliveryOf(undefined)).to.equal(undefined);
  });
});

describe('headerText', () => {
  for (const [value, text] of [
    ['text', 'text'],
    [Buffer.from('bytes'), 'bytes'],
    [['first', 'second'], 'first'],
    [[Buffer.from('first')], 'first'],
    [[], undefined],
    [undefined, undefined],
    ['', ''],
  ] satisfies [KafkaHeaderValue, string | undefined][])
    it(`of ${JSON.stringify(value)} is ${text}`, () => {
      expect(headerText({ name: value }, 'name')).to.equal(text);
    });

  it('is undefined where there is no such header, even if every object has it', () => {
    for (const name of ['name', 'constructor', 'toString', '__proto__'])
      expect(headerText({}, name)).to.equal(undefined);
  });
});
