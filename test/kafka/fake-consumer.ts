import { EventEmitter } from 'node:events';
import type { KafkaConsumer, KafkaConsumerEvent } from '../../src/kafka/client.ts';
import type { FakeBroker } from './fake-broker.ts';
import { FakeRunner } from './fake-runner.ts';
import type { FakeTime } from './fake-time.ts';

/** How a fake consumer behaves. */
export interface FakeConsumerOptions {
  /** Milliseconds that a request takes. @default 5 */
  readonly latency?: number;
  /** Records of a partition in one batch at most. @default 100 */
  readonly maxRecords?: number;
  /** Milliseconds that a fetch waits for records. @default 50 */
  readonly maxWait?: number;
  /** @default 300 */
  readonly heartbeatInterval?: number;
}

type RunConfig = Parameters<KafkaConsumer['run']>[0];

/** A consumer that does what kafkajs' does, with a fake broker in fake time. */
export class FakeConsumer implements KafkaConsumer {
  readonly #broker: FakeBroker;
  readonly #time: FakeTime;
  readonly #options: Required<FakeConsumerOptions>;
  readonly #events = new EventEmitter();
  #runner: FakeRunner | undefined;
  #restart: ReturnType<FakeTime['schedule']> | undefined;
  /** What `connect`, `subscribe` and `run` do before they do anything else: wait, or throw. */
  readonly before: Record<'connect' | 'subscribe' | 'run' | 'disconnect', () => unknown> = {
    connect: () => {},
    subscribe: () => {},
    run: () => {},
    disconnect: () => {},
  };
  /** The names of what was called. */
  readonly calls: string[] = [];
  config: RunConfig | undefined;
  fromBeginning: boolean | undefined;

  constructor(broker: FakeBroker, time: FakeTime, options: FakeConsumerOptions = {}) {
    this.#broker = broker;
    this.#time = time;
    this.#options = { latency: 5, maxRecords: 100, maxWait: 50, heartbeatInterval: 300, ...options };
  }

  /** How many listen. */
  get listeners(): number {
    return this.#events.eventNames().reduce((sum, name) => sum + this.#events.listenerCount(name), 0);
  }

  get runner(): FakeRunner | undefined {
    return this.#runner;
  }

  async connect(): Promise<void> {
    this.calls.push('connect');
    await this.before.connect();
  }

  async subscribe({ fromBeginning }: { topics: (string | RegExp)[]; fromBeginning?: boolean }): Promise<void> {
    this.calls.push('subscribe');
    this.fromBeginning = fromBeginning;
    await this.before.subscribe();
  }

  async run(config: RunConfig): Promise<void> {
    this.calls.push('run');
    await this.before.run();
    this.config = config;
    if (this.#runner) return;
    await this.#start(config);
  }

  async disconnect(): Promise<void> {
    this.calls.push('disconnect');
    await this.before.disconnect();
    await this.#stop();
  }

  on(event: string, listener: (event: KafkaConsumerEvent<never>) => void): () => void {
    this.#events.on(event, listener);
    return () => void this.#events.off(event, listener);
  }

  /** It dies of an error, and comes to life again or not; nothing happens if it does not run. */
  async crash(error: Error, restart: boolean): Promise<void> {
    if (!this.#runner?.running) return;
    await this.#crash(error, restart);
  }

  /** Says that it has died for good. */
  announceCrash(error: Error): void {
    this.#events.emit('consumer.crash', { payload: { error, restart: false } });
  }

  async #crash(error: Error, restart: boolean): Promise<void> {
    await this.#stop();
    this.#events.emit('consumer.crash', { payload: { error, restart } });
    const { config } = this;
    if (restart && config) this.#restart = this.#time.schedule(() => void this.#start(config), 300);
  }

  async #start({ eachBatch, partitionsConsumedConcurrently }: RunConfig): Promise<void> {
    const runner = new FakeRunner({
      ...this.#options,
      broker: this.#broker,
      time: this.#time,
      eachBatch,
      concurrency: partitionsConsumedConcurrently,
      emit: (event, payload) => void this.#events.emit(event, { payload }),
      onCrash: (error, restart) => void this.#crash(error, restart),
    });
    this.#runner = runner;
    await runner.start();
  }

  async #stop(): Promise<void> {
    const runner = this.#runner;
    await runner?.stop();
    if (this.#runner === runner) this.#runner = undefined;
    this.#restart?.unsubscribe();
  }
}
