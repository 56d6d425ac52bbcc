import type { KafkaAdmin, KafkaClient, KafkaTransaction, KafkaTransactionalProducer } from '../../src/kafka/client.ts';
import { FakeError } from './fake-broker.ts';
import type { FakeTime } from './fake-time.ts';

type Step = 'connect' | 'init' | 'begin' | 'send' | 'offsets' | 'commit' | 'fetch offsets' | 'disconnect';

/** What befalls a request: it does not arrive, or arrives while its answer is lost, or is refused. */
export type Fault = 'lost' | 'answer lost' | FakeError;

/** A record that a transaction wrote. */
export interface Written {
  readonly topic: string;
  readonly value: string;
}

/** A transaction that was begun and is not ended. */
interface Open {
  readonly written: Written[];
  readonly offsets: Map<string, number>;
}

interface Identity {
  epoch: number;
  open: Open | undefined;
  /** Offsets that are committed, and that nobody who asks is told yet. */
  readonly hidden: Map<string, number>;
}

/** A value with this in it is too large. */
export const TOO_LARGE = 'too large';

/** A cluster as far as transactions go: producers fence each other, and what is committed is seen, once. */
export class FakeTransactions implements KafkaClient {
  /** What a reader sees that reads what is committed. */
  readonly committed: Written[] = [];
  /** By `topic/partition`. */
  readonly offsets: Map<string, number> = new Map();
  /** What befalls a request; by default, nothing does. */
  fault: (step: Step) => Fault | undefined = () => undefined;
  /** Whether the broker takes a record. */
  fits: (record: Written) => boolean = ({ value }) => !value.includes(TOO_LARGE);
  /** Called with each transaction that is committed. */
  onCommit: () => void = () => {};
  /** Producers and admins that are connected. */
  connected: number = 0;
  /** How many producers were made. */
  producers: number = 0;
  readonly configs: Parameters<KafkaClient['producer']>[0][] = [];
  /** Records of each request. */
  readonly requests: (readonly Written[])[] = [];
  readonly compressions: (number | undefined)[] = [];
  readonly #seen = new Map<string, number>();
  readonly #identities = new Map<string, Identity>();
  readonly #time: FakeTime;
  readonly #latency: number;

  constructor(time: FakeTime, { latency = 5 }: { readonly latency?: number } = {}) {
    this.#time = time;
    this.#latency = latency;
  }

  /** Of partition 0 of `documents`. */
  get committedOffset(): number | undefined {
    return this.offsets.get('documents/0');
  }

  get values(): string[] {
    return this.committed.map(({ value }) => value);
  }

  /** The next request of a kind meets with a fault. */
  once(step: Step, fault: Fault): void {
    this.fault = (each) => {
      if (each !== step) return undefined;
      this.fault = () => undefined;
      return fault;
    };
  }

  readonly producer = (config: Parameters<KafkaClient['producer']>[0]): KafkaTransactionalProducer => {
    this.producers++;
    this.configs.push(config);
    const identity = this.#identityOf(config.transactionalId);
    let epoch: number | undefined;
    let busy = false;
    let isConnected = false;
    const check = (): Open => {
      if (epoch !== identity.epoch || !identity.open) throw new FakeError('INVALID_PRODUCER_EPOCH');
      return identity.open;
    };
    const transaction: KafkaTransaction = {
      sendBatch: ({ topicMessages, compression }) =>
        this.#request('send', () => {
          const { written } = check();
          const records = topicMessages.flatMap(({ topic, messages }) =>
            messages.map(({ value }) => ({ topic, value: String(value) })),
          );
          this.requests.push(records);
          this.compressions.push(compression);
          if (!records.every((record) => this.fits(record))) throw new FakeError('MESSAGE_TOO_LARGE');
          written.push(...records);
        }),
      sendOffsets: ({ topics }) =>
        this.#request('offsets', () => {
          const { offsets } = check();
          for (const { topic, partitions } of topics)
            for (const { partition, offset } of partitions) offsets.set(`${topic}/${partition}`, Number(offset));
        }),
      // A producer that failed to commit stays as it is: kafkajs lets it do nothing else any more.
      commit: async () => {
        await this.#request('commit', () => this.#commit(identity, check()));
        busy = false;
      },
      abort: () => Promise.reject(new FakeError('UNKNOWN')),
    };
    return {
      connect: async () => {
        await this.#request('connect', () => {});
        if (!isConnected) this.connected++;
        isConnected = true;
      },
      disconnect: async () => {
        if (isConnected) this.connected--;
        isConnected = false;
        await this.#request('disconnect', () => {});
      },
      sendBatch: () => Promise.reject(new FakeError('UNKNOWN')),
      transaction: async () => {
        if (busy) throw new FakeError('INVALID_TXN_STATE');
        if (epoch === undefined)
          await this.#request('init', () => {
            epoch = ++identity.epoch;
            for (const [key, offset] of identity.hidden) this.#seen.set(key, offset);
            identity.hidden.clear();
            identity.open = { written: [], offsets: new Map() };
          });
        else
          await this.#request('begin', () => {
            if (epoch !== identity.epoch) return;
            identity.open = { written: [], offsets: new Map() };
          });
        busy = true;
        return transaction;
      },
    };
  };

  readonly admin = (): KafkaAdmin => {
    let isConnected = false;
    return {
      connect: async () => {
        await this.#request('connect', () => {});
        this.connected++;
        isConnected = true;
      },
      disconnect: async () => {
        if (isConnected) this.connected--;
        isConnected = false;
        await this.#request('disconnect', () => {});
      },
      fetchOffsets: async ({ topics }) => {
        await this.#request('fetch offsets', () => {});
        return topics.map((topic) => ({
          topic,
          partitions: [0, 1, 2].map((partition) => ({
            partition,
            offset: String(this.#seen.get(`${topic}/${partition}`) ?? -1),
          })),
        }));
      },
    };
  };

  #identityOf(transactionalId: string): Identity {
    const identity = this.#identities.get(transactionalId) ?? { epoch: 0, open: undefined, hidden: new Map() };
    this.#identities.set(transactionalId, identity);
    return identity;
  }

  #commit(identity: Identity, { written, offsets }: Open): void {
    this.committed.push(...written);
    for (const [key, offset] of offsets) {
      this.offsets.set(key, offset);
      identity.hidden.set(key, offset);
    }
    identity.open = undefined;
    this.onCommit();
  }

  async #request(step: Step, arrive: () => void): Promise<void> {
    const fault = this.fault(step);
    await this.#time.wait(this.#latency);
    if (fault instanceof FakeError) throw fault;
    if (fault === 'lost') throw new FakeError('REQUEST_TIMED_OUT', { retriable: true });
    arrive();
    if (fault === 'answer lost') throw new FakeError('REQUEST_TIMED_OUT', { retriable: true });
  }
}
