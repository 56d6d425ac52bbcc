import type { KafkaProducer, KafkaRecordToSend } from '../../src/kafka/client.ts';

type Batch = Parameters<KafkaProducer['sendBatch']>[0];
type TopicMessages = Batch['topicMessages'];

/** A request that came, and stays open until it is answered. */
export interface FakeRequest {
  readonly batch: Batch;
  readonly records: readonly KafkaRecordToSend[];
  confirm(): void;
  refuse(error: unknown): void;
}

/** Options of {@link FakeProducer}. */
export interface FakeProducerOptions {
  /** What to do with a request. @default confirms it at once; 'hold' leaves it open */
  readonly answer?: 'hold' | ((request: FakeRequest) => void);
  /** @default connects at once */
  readonly connect?: () => Promise<void>;
  /** How many partitions topics have; the key, or else the turn, says in which a record goes. @default 1 */
  readonly partitions?: number;
}

/** A producer that divides records as kafkajs does, and answers as it does. */
export class FakeProducer implements KafkaProducer {
  readonly requests: FakeRequest[] = [];
  /** What was called, in order. */
  readonly calls: ('connect' | 'disconnect' | 'send')[] = [];
  /** The most requests that were open at once. */
  mostOpen = 0;
  readonly #options: FakeProducerOptions;
  #open = 0;
  #turn = 0;

  constructor(options: FakeProducerOptions = {}) {
    this.#options = options;
  }

  /** The values of each request. */
  get sent(): string[][] {
    return this.requests.map(({ records }) => records.map(({ value }) => String(value)));
  }

  async connect(): Promise<void> {
    this.calls.push('connect');
    await this.#options.connect?.();
  }

  async disconnect(): Promise<void> {
    this.calls.push('disconnect');
  }

  sendBatch(batch: Batch): Promise<unknown> {
    this.calls.push('send');
    const { answer = ({ confirm }) => confirm() } = this.#options;
    const places = this.#divide(batch.topicMessages);
    this.mostOpen = Math.max(this.mostOpen, ++this.#open);
    return new Promise((resolve, reject) => {
      const request = {
        batch,
        records: batch.topicMessages.flatMap(({ messages }) => messages),
        confirm: () => {
          this.#open--;
          resolve(batch.acks === 0 ? [] : places);
        },
        refuse: (error: unknown) => {
          this.#open--;
          reject(error);
        },
      };
      this.requests.push(request);
      if (answer !== 'hold') answer(request);
    });
  }

  #divide(topicMessages: TopicMessages): { topicName: string; partition: number }[] {
    const { partitions = 1 } = this.#options;
    return topicMessages.flatMap(({ topic, messages }) => {
      const division = messages.reduce<Record<string, KafkaRecordToSend[]>>((result, record) => {
        const partition = record.partition ?? (record.key ? String(record.key).length : this.#turn++) % partitions;
        return Object.assign(result, { [partition]: [...(result[partition] ?? []), record] });
      }, {});
      return Object.keys(division)
        .map(Number)
        .filter((partition) => partition < partitions)
        .map((partition) => ({ topicName: topic, partition }));
    });
  }
}
