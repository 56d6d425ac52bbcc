import { createRequire } from 'node:module';
import { expect } from 'chai';
import fc from 'fast-check';
import type { KafkaRecordToSend } from '../../src/kafka/client.ts';
import { Parcel, type Pins } from '../../src/kafka/parcel.ts';

interface Item {
  readonly topic: string;
  readonly record: KafkaRecordToSend;
}

type Division = Record<string, KafkaRecordToSend[]>;

const items = (count: number, topic = 't'): Item[] =>
  Array.from({ length: count }, (_, i) => ({ topic, record: { value: String(i) } }));
const valuesOf = (list: readonly Item[]): string[] => list.map(({ record: { value } }) => String(value));
const parcelOf = (list: readonly Item[], pins: Pins = new WeakMap()): Parcel<Item> => new Parcel(list, pins);
const placesOf = (parcel: Parcel<Item>, list: readonly Item[]): string[] => list.map((item) => parcel.placeOf(item));

/** Divides the records of each topic as kafkajs does. */
function divide(parcel: Parcel<Item>, partitionOf: (record: KafkaRecordToSend) => number | string): Division[] {
  return parcel.topicMessages.map(({ messages }) =>
    messages.reduce<Division>((result, record) => {
      const partition = partitionOf(record);
      return Object.assign(result, { [partition]: [...(result[partition] ?? []), record] });
    }, {}),
  );
}

const modulo =
  (count: number) =>
  ({ value }: KafkaRecordToSend): number =>
    Number(value) % count;

describe('Parcel', () => {
  it('gathers records by topic, in order', () => {
    const parcel = parcelOf([...items(2, 'a'), ...items(1, 'b'), ...items(1, 'a')]);
    expect(
      parcel.topicMessages.map(({ topic, messages }) => [topic, messages.map(({ value }) => value)]),
    ).to.deep.equal([
      ['a', ['0', '1', '0']],
      ['b', ['0']],
    ]);
  });

  it('knows what the answer leaves out, and where it was to go', () => {
    const parcel = parcelOf(items(6));
    divide(parcel, modulo(3));
    const { sent, leftOut } = parcel.sorted([
      { topicName: 't', partition: 0, baseOffset: '5' },
      { topicName: 't', partition: 2 },
    ]);
    expect(valuesOf(sent)).to.deep.equal(['0', '2', '3', '5']);
    expect(valuesOf(leftOut)).to.deep.equal(['1', '4']);
    expect(placesOf(parcel, leftOut)).to.deep.equal(['t/1', 't/1']);
  });

  it('takes all for sent if the answer names every partition, or if it cannot tell', () => {
    const parcel = parcelOf(items(4));
    for (const answer of [undefined, null, 'ok', {}, []])
      expect(parcel.sorted(answer)).to.deep.equal({ sent: parcel.items, leftOut: [] });
    divide(parcel, modulo(2));
    const both = [0, 1].map((partition) => ({ topicName: 't', partition }));
    for (const answer of [both, [...both, null, 7, {}], undefined, { both }])
      expect(parcel.sorted(answer)).to.deep.equal({ sent: parcel.items, leftOut: [] });
    expect(parcel.sorted([{ topicName: 'other', partition: 0 }]).sent).to.deep.equal([]);
  });

  it('divides the same way when it is asked again, and otherwise reduces as any array', () => {
    const parcel = parcelOf(items(4));
    const [first] = divide(parcel, modulo(2));
    const [second] = divide(parcel, modulo(3));
    expect(second).to.equal(first);
    const [{ messages } = { messages: [] }] = parcel.topicMessages;
    expect(messages.reduce((sum, { value }) => sum + Number(value), 0)).to.equal(6);
    expect(messages.reduce((a, b) => (Number(a.value) > Number(b.value) ? a : b)).value).to.equal('3');
    expect(messages.reduce<string[]>((all, { value }) => all.concat(String(value)), [])).to.have.length(4);
  });

  it('splits by partition, then in halves, down to one', () => {
    const parcel = parcelOf([...items(5), ...items(1, 'u')]);
    divide(parcel, modulo(2));
    const pieces = parcel.split();
    expect(pieces.map(valuesOf)).to.deep.equal([['0', '2', '4'], ['1', '3'], ['0']]);
    expect(pieces.map((piece) => new Set(placesOf(parcel, piece)))).to.deep.equal([
      new Set(['t/0']),
      new Set(['t/1']),
      new Set(['u/0']),
    ]);
    const [first = []] = pieces;
    expect(parcelOf(first).split().map(valuesOf)).to.deep.equal([['0', '2'], ['4']]);
    expect(parcelOf(items(3)).split().map(valuesOf)).to.deep.equal([['0', '1'], ['2']]);
  });

  it('sends records again to the partitions that they had', () => {
    const pins: Pins = new WeakMap();
    const list = items(3);
    const first = parcelOf(list, pins);
    divide(first, modulo(2));
    expect(parcelOf(list, pins).topicMessages).to.deep.equal(parcelOf(list).topicMessages);
    first.pin();
    const second = parcelOf(list, pins);
    expect(second.topicMessages[0]?.messages.map(({ partition }) => partition)).to.deep.equal([0, 1, 0]);
    divide(second, ({ partition = 7 }) => partition);
    expect(valuesOf(second.sorted([{ topicName: 't', partition: 0 }]).leftOut)).to.deep.equal(['1']);
    expect(list).to.deep.equal(items(3));
  });

  it('takes what a broken partitioner puts nowhere for left out', () => {
    const parcel = parcelOf(items(2));
    divide(parcel, ({ value }) => (value === '0' ? 0 : 'undefined'));
    expect(valuesOf(parcel.sorted([{ topicName: 't', partition: 0 }]).leftOut)).to.deep.equal(['1']);
  });

  it('loses and invents nothing, whatever is answered', () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ topic: fc.constantFrom('a', 'b'), partition: fc.nat(4) }), { minLength: 1 }),
        fc.func(fc.boolean()),
        (places, answers) => {
          const list = places.map(({ topic }, i) => ({ topic, record: { value: String(i) } }));
          const parcel = parcelOf(list);
          const partitionOf = ({ value }: KafkaRecordToSend): number => places[Number(value)]?.partition ?? 0;
          divide(parcel, partitionOf);
          const answer = ['a', 'b'].flatMap((topicName) =>
            [0, 1, 2, 3, 4].map((partition) => ({ topicName, partition })),
          );
          const answered = answer.filter(({ topicName, partition }) => answers(topicName, partition));
          const { sent, leftOut } = parcel.sorted(answered);
          for (const [part, expected] of [
            [sent, true],
            [leftOut, false],
          ] as const)
            expect(valuesOf(part)).to.deep.equal(
              valuesOf(list.filter(({ topic, record }) => answers(topic, partitionOf(record)) === expected)),
            );
          expect(parcel.split().flatMap(valuesOf)).to.have.members(valuesOf(list));
        },
      ),
    );
  });
});

/** The part of kafkajs that sends. */
type SendMessages = (batch: { acks: number; topicMessages: Parcel<Item>['topicMessages'] }) => Promise<unknown>;

/** kafkajs' own code, on a cluster of two brokers of which the second is dead, and the first leads its partition from then on. */
function kafkajsOnTwoBrokers(written: string[]): SendMessages {
  const require = createRequire(import.meta.url);
  const createSendMessages: (parts: object) => SendMessages = require('kafkajs/src/producer/sendMessages');
  const createRetry: (options: object) => unknown = require('kafkajs/src/retry');
  const { DefaultPartitioner } = require('kafkajs/src/producer/partitioners');
  const leaders = [1, 2];
  const brokerOf = (nodeId: number) => ({
    nodeId,
    produce: async ({
      topicData,
    }: {
      topicData: { topic: string; partitions: { partition: number; messages: KafkaRecordToSend[] }[] }[];
    }) => {
      if (nodeId === 2) {
        leaders[1] = 1;
        throw Object.assign(new Error('dead'), { name: 'KafkaJSConnectionClosedError', retriable: true });
      }
      for (const { partitions } of topicData)
        for (const { messages } of partitions) written.push(...messages.map(({ value }) => String(value)));
      return {
        topics: topicData.map(({ topic, partitions }) => ({
          topicName: topic,
          partitions: partitions.map(({ partition }) => ({ partition, errorCode: 0 })),
        })),
      };
    },
  });
  const brokers = [brokerOf(1), brokerOf(2)];
  const nothing = async (): Promise<void> => {};
  return createSendMessages({
    logger: { debug() {}, error() {} },
    partitioner: DefaultPartitioner(),
    retrier: createRetry({ retries: 5, initialRetryTime: 1, maxRetryTime: 1 }),
    cluster: {
      addMultipleTargetTopics: nothing,
      refreshMetadataIfNecessary: nothing,
      refreshMetadata: nothing,
      removeBroker() {},
      isConnected: () => true,
      findTopicPartitionMetadata: () => leaders.map((leader, partitionId) => ({ partitionId, leader })),
      findLeaderForPartitions: (_topic: string, partitions: string[]) => {
        const numbers = partitions.map(Number);
        const led = (leader: number) => numbers.filter((partition) => leaders[partition] === leader);
        return Object.fromEntries(
          [1, 2].filter((leader) => led(leader).length > 0).map((leader) => [leader, led(leader)]),
        );
      },
      findBroker: async ({ nodeId }: { nodeId: string }) => brokers[Number(nodeId) - 1],
    },
    eosManager: {
      acquireBrokerLock: nothing,
      releaseBrokerLock: nothing,
      isTransactional: () => false,
      getSequence: () => 0,
      updateSequence() {},
      getProducerId: () => -1,
      getProducerEpoch: () => 0,
    },
  });
}

describe('Parcel, with what kafkajs does when a broker of several dies', () => {
  for (const partitions of [[], [0, 1]])
    it(`finds the records that were left out, ${partitions.length > 0 ? 'with' : 'without'} partitions of their own`, async () => {
      const written: string[] = [];
      const list = items(10).map((item, i) =>
        partitions.length > 0 ? { ...item, record: { ...item.record, partition: i % 2 } } : item,
      );
      const pins: Pins = new WeakMap();
      const parcel = parcelOf(list, pins);
      const answer = await kafkajsOnTwoBrokers(written)({ acks: -1, topicMessages: parcel.topicMessages });
      const { sent, leftOut } = parcel.sorted(answer);
      expect(leftOut).to.have.length(5);
      expect(valuesOf(sent)).to.have.members(written);
      const rest = parcelOf(leftOut, pins);
      const second = await kafkajsOnTwoBrokers(written)({ acks: -1, topicMessages: rest.topicMessages });
      expect(rest.sorted(second).leftOut).to.deep.equal([]);
      expect(written).to.have.members(valuesOf(list));
    });
});
