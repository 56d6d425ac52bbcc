import { expect } from 'chai';
import {
  isFenced,
  isPermanent,
  isRebalance,
  isSpent,
  isSuperseded,
  isTooLarge,
  isUnknownTopic,
} from '../../src/kafka/client-errors.ts';
import { FakeError } from './fake-broker.ts';

const PREDICATES = { isFenced, isPermanent, isRebalance, isSpent, isSuperseded, isTooLarge, isUnknownTopic };

/** What is said of an error. */
const saidOf = (error: unknown): string[] =>
  Object.entries(PREDICATES).flatMap(([name, predicate]) => (predicate(error) ? [name] : []));

describe('what a client of Kafka says went wrong', () => {
  for (const [type, said] of Object.entries({
    REBALANCE_IN_PROGRESS: ['isRebalance', 'isSuperseded'],
    ILLEGAL_GENERATION: ['isSuperseded'],
    UNKNOWN_MEMBER_ID: ['isSuperseded'],
    INVALID_PRODUCER_EPOCH: ['isFenced', 'isSpent'],
    PRODUCER_FENCED: ['isFenced', 'isSpent'],
    UNKNOWN_PRODUCER_ID: ['isSpent'],
    MESSAGE_TOO_LARGE: ['isTooLarge'],
    RECORD_LIST_TOO_LARGE: ['isTooLarge'],
    UNKNOWN_TOPIC_OR_PARTITION: ['isUnknownTopic'],
    SASL_AUTHENTICATION_FAILED: ['isPermanent'],
    TOPIC_AUTHORIZATION_FAILED: ['isPermanent'],
    TRANSACTIONAL_ID_AUTHORIZATION_FAILED: ['isPermanent'],
    NOT_COORDINATOR_FOR_GROUP: [],
    REQUEST_TIMED_OUT: [],
    CONCURRENT_TRANSACTIONS: [],
  })) {
    const error = new FakeError(type);
    it(`is found in ${type}`, () => {
      expect(saidOf(error)).to.deep.equal(said);
    });
    it(`is found beneath: ${type}`, () => {
      const wrapped = new Error('twice', { cause: new Error('once', { cause: error }) });
      expect(saidOf(wrapped)).to.deep.equal(said);
    });
  }

  for (const name of [
    'KafkaJSNotImplemented',
    'KafkaJSSASLAuthenticationError',
    'KafkaJSServerDoesNotSupportApiKey',
    'KafkaJSUnsupportedMagicByteInMessageSet',
  ])
    it(`is permanent if its name is ${name}`, () => {
      expect(saidOf(Object.assign(new Error('no'), { name }))).to.deep.equal(['isPermanent']);
    });

  for (const [what, value] of [
    ['undefined', undefined],
    ['null', null],
    ['a text', 'REBALANCE_IN_PROGRESS'],
    ['a number', 27],
    ['a function', () => {}],
    ['an error of another kind', new TypeError('REBALANCE_IN_PROGRESS')],
    ['a type that is no text', { type: 27 }],
    ['a type in a list', { type: ['REBALANCE_IN_PROGRESS'] }],
  ] as const)
    it(`is not found in ${what}`, () => {
      expect(saidOf(value)).to.deep.equal([]);
      expect(saidOf({ cause: value })).to.deep.equal([]);
    });

  it('is found where causes go round in a circle', () => {
    const first: { cause?: unknown } = {};
    first.cause = { type: 'ILLEGAL_GENERATION', cause: first };
    expect(saidOf(first)).to.deep.equal(['isSuperseded']);
  });
});
