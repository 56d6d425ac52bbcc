import type { KafkaBatch, KafkaConsumer } from '../../src/kafka/client.ts';
import { type FakeBroker, FakeError, type FakeRecord } from './fake-broker.ts';
import { type FakeBatch, FakeFetchManager } from './fake-fetch-manager.ts';
import type { FakeTime } from './fake-time.ts';

type EachBatch = Parameters<KafkaConsumer['run']>[0]['eachBatch'];

interface FakeRunnerOptions {
  readonly broker: FakeBroker;
  readonly time: FakeTime;
  readonly latency: number;
  readonly maxRecords: number;
  readonly maxWait: number;
  readonly heartbeatInterval: number;
  readonly concurrency: number;
  readonly eachBatch: EachBatch;
  readonly emit: (event: string, payload: unknown) => void;
  readonly onCrash: (error: Error, restart: boolean) => void;
}

/** The offsets of one membership in the group: kafkajs' OffsetManager. */
interface Positions {
  readonly member: string;
  readonly generation: number;
  readonly partitions: readonly number[];
  /** Undefined until they are asked for. */
  committed: Map<number, number> | undefined;
  readonly resolved: Map<number, number>;
}

const RETRIES = 5;
const RETRY_TIME = 30;

/** kafkajs' Runner and ConsumerGroup, as far as they matter here, step by step as in its source. */
export class FakeRunner {
  readonly #options: FakeRunnerOptions;
  readonly #fetchManager: FakeFetchManager;
  #running = false;
  #consuming = false;
  #stopped: (() => void)[] = [];
  #member = '';
  #positions: Positions = { member: '', generation: 0, partitions: [], committed: new Map(), resolved: new Map() };
  /** The brokers that led the partitions when we last looked. */
  #leaders: readonly number[] = [];
  #lastHeartbeat = 0;
  #heartbeat: Promise<void> | undefined;

  constructor(options: FakeRunnerOptions) {
    this.#options = options;
    this.#fetchManager = new FakeFetchManager({
      nodes: options.broker.nodes,
      concurrency: options.concurrency,
      fetch: (node) => this.#fetch(node),
      handle: (batch) => this.#handle(batch),
    });
  }

  get running(): boolean {
    return this.#running;
  }

  /** Does not look whether it was stopped meanwhile, for kafkajs does not. */
  async start(): Promise<void> {
    this.refreshMetadata();
    try {
      await this.#joinAndSync();
    } catch (error) {
      this.#crashed(error);
      return;
    }
    this.#running = true;
    this.#schedule();
  }

  async stop(): Promise<void> {
    if (!this.#running) return;
    this.#running = false;
    await this.#fetchManager.stop();
    if (this.#consuming) await new Promise<void>((resolve) => void this.#stopped.push(resolve));
    this.#options.broker.leave(this.#member);
  }

  /** Looks who leads the partitions, as the client does every few minutes. */
  refreshMetadata(): void {
    this.#leaders = this.#options.broker.logs.map(({ leader }) => leader);
  }

  #schedule(): void {
    this.#consuming = this.#running;
    if (!this.#running) {
      for (const resolve of this.#stopped.splice(0)) resolve();
      return;
    }
    this.#consume().then(
      () => this.#schedule(),
      (error: unknown) => {
        this.#crashed(error);
        this.#consuming = false;
        this.#running = false;
        for (const resolve of this.#stopped.splice(0)) resolve();
      },
    );
  }

  async #consume(): Promise<void> {
    for (let retry = 0; this.#running; retry++) {
      try {
        return await this.#fetchManager.start();
      } catch (error) {
        const type = error instanceof FakeError ? error.type : '';
        if (type === 'UNKNOWN_MEMBER_ID') this.#member = '';
        const rebalancing = type === 'REBALANCE_IN_PROGRESS' || type === 'ILLEGAL_GENERATION';
        if (rebalancing) this.#options.emit('consumer.rebalancing', {});
        if (rebalancing || type === 'UNKNOWN_MEMBER_ID') return await this.#joinAndSync();
        if (error instanceof RangeError || error instanceof TypeError || retry === RETRIES) throw error;
        await this.#options.time.wait(RETRY_TIME);
      }
    }
  }

  #crashed(error: unknown): void {
    const restart = !(error instanceof RangeError || error instanceof TypeError);
    this.#options.onCrash(error instanceof Error ? error : new Error(String(error)), restart);
  }

  async #joinAndSync(): Promise<void> {
    const { broker, time, latency, emit } = this.#options;
    for (;;) {
      // It looks for the coordinator first.
      await time.wait(2 * latency);
      try {
        const { member, generation, partitions } = broker.join(this.#member);
        this.#member = member;
        this.#positions = { member, generation, partitions, committed: undefined, resolved: new Map() };
        break;
      } catch (error) {
        if (!(error instanceof FakeError && error.type === 'UNKNOWN_MEMBER_ID')) throw error;
        this.#member = '';
      }
    }
    // The new offsets are there before anybody is told.
    await Promise.resolve();
    const { partitions } = this.#positions;
    const memberAssignment = partitions.length > 0 ? { [broker.topic]: [...partitions] } : {};
    emit('consumer.group_join', { groupId: 'group', memberId: this.#member, memberAssignment });
  }

  #beat(): Promise<void> {
    const { broker, time, latency, heartbeatInterval, emit } = this.#options;
    const beat = async (): Promise<void> => {
      if (time.now() < this.#lastHeartbeat + heartbeatInterval) return;
      const { member, generation } = this.#positions;
      await time.wait(latency);
      broker.heartbeat(member, generation);
      emit('consumer.heartbeat', {});
      this.#lastHeartbeat = time.now();
    };
    this.#heartbeat ??= beat().finally(() => {
      this.#heartbeat = undefined;
    });
    return this.#heartbeat;
  }

  async #fetch(node: number): Promise<readonly FakeBatch[]> {
    if (!this.#running) return [];
    const { emit } = this.#options;
    const batches = await this.#fetchFrom(node);
    emit('consumer.fetch', {});
    if (batches.length === 0) await this.#beat();
    return batches;
  }

  async #fetchFrom(node: number): Promise<readonly FakeBatch[]> {
    const { broker, time, latency, maxWait } = this.#options;
    if (this.#leaders.length < broker.logs.length) {
      this.refreshMetadata();
      await this.#joinAndSync();
      return [];
    }
    const positions = this.#positions;
    await this.#load(positions);
    const requests = positions.partitions
      .filter((partition) => this.#leaders[partition] === node)
      .map((partition) => ({ partition, from: positionOf(positions, partition) }));
    if (requests.length === 0) {
      await time.wait(maxWait);
      return [];
    }
    await time.wait(latency);
    if (requests.some(({ partition }) => broker.log(partition).leader !== node)) {
      this.refreshMetadata();
      await this.#joinAndSync();
      return [];
    }
    for (const { partition, from } of requests)
      if (from > broker.log(partition).end) this.#beginAnew(positions, partition);
    const batches = requests
      .map(({ partition, from }) => this.#batch(partition, from))
      .filter(({ raw }) => raw.length > 0);
    if (batches.length === 0) await time.wait(maxWait);
    return batches;
  }

  /** OffsetOutOfRange: kafkajs commits the beginning of the log, with its own commits off as well. */
  #beginAnew({ member, generation, resolved, committed }: Positions, partition: number): void {
    this.#options.broker.commit(member, generation, [{ partition, offset: 0 }]);
    resolved.delete(partition);
    committed?.set(partition, 0);
  }

  async #load(positions: Positions): Promise<void> {
    const { broker, time, latency } = this.#options;
    if (positions.committed) return;
    await time.wait(latency);
    positions.committed ??= new Map(broker.committed);
  }

  #batch(partition: number, from: number): FakeBatch {
    const { broker, maxRecords } = this.#options;
    const { records, end } = broker.log(partition);
    const raw = records.filter(({ offset }) => Number(offset) >= from).slice(0, maxRecords);
    return { topic: broker.topic, partition, raw, highWatermark: end };
  }

  async #handle({ topic, partition, raw, highWatermark }: FakeBatch): Promise<void> {
    if (!this.#running) return;
    const last = raw.at(-1)?.offset ?? '';
    const messages = raw.filter(({ control }) => !control);
    if (messages.length === 0) this.#resolve(partition, last);
    else {
      const batch = { topic, partition, highWatermark: String(highWatermark), messages, lastOffset: () => last };
      await this.#eachBatch(batch, messages);
      this.#options.emit('consumer.end_batch_process', {});
    }
    await this.#beat();
  }

  async #eachBatch(batch: KafkaBatch, messages: readonly FakeRecord[]): Promise<void> {
    const { broker, time, latency, eachBatch } = this.#options;
    await eachBatch({
      batch,
      resolveOffset: (offset) =>
        this.#resolve(batch.partition, offset === messages.at(-1)?.offset ? batch.lastOffset() : offset),
      heartbeat: () => this.#beat(),
      commitOffsetsIfNecessary: async ({ topics }) => {
        const { member, generation } = this.#positions;
        const offsets = topics.flatMap(({ partitions }) =>
          partitions.map(({ partition, offset }) => ({ partition, offset: Number(offset) })),
        );
        await time.wait(latency);
        await broker.beforeCommit();
        broker.commit(member, generation, offsets);
      },
      isRunning: () => this.#running,
      isStale: () => false,
    });
  }

  /** Of whatever membership we have by now: this is where kafkajs mixes them up. */
  #resolve(partition: number, offset: string): void {
    this.#positions.resolved.set(partition, Number(offset) + 1);
  }
}

function positionOf({ resolved, committed }: Positions, partition: number): number {
  const position = resolved.get(partition) ?? committed?.get(partition) ?? 0;
  resolved.set(partition, position);
  return position;
}
