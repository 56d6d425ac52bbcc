import { Assignment } from '../../src/kafka/assignment.ts';
import type { KafkaEachBatchPayload } from '../../src/kafka/client.ts';
import { GroupCommitter } from '../../src/kafka/committer.ts';
import { Delivery } from '../../src/kafka/delivery.ts';
import type { KafkaSourceEvent } from '../../src/kafka/events.ts';
import { FakeTime, turn } from './fake-time.ts';

/** A commit that was asked for, and is neither taken nor refused yet. */
export interface Asked {
  readonly epoch: number;
  readonly offsets: readonly { readonly topic: string; readonly partition: number; readonly offset: number }[];
  readonly take: () => void;
  readonly refuse: (error: unknown) => void;
}

/** A committer, and the coordinator that it commits to. */
export class Fixture {
  readonly time: FakeTime = new FakeTime();
  readonly events: KafkaSourceEvent[] = [];
  readonly failures: unknown[] = [];
  /** Commits under way. */
  readonly asked: Asked[] = [];
  assignments: Assignment[] = [];
  epoch: number = 0;
  readonly committer: GroupCommitter;
  readonly payload: KafkaEachBatchPayload = {
    batch: { topic: 't', partition: 0, highWatermark: '0', messages: [], lastOffset: () => '0' },
    resolveOffset: () => {},
    heartbeat: () => Promise.resolve(),
    isRunning: () => true,
    isStale: () => false,
    commitOffsetsIfNecessary: ({ topics }) =>
      new Promise((take, refuse) => {
        const offsets = topics.flatMap(({ topic, partitions }) =>
          partitions.map(({ partition, offset }) => ({ topic, partition, offset: Number(offset) })),
        );
        this.asked.push({ epoch: this.epoch, offsets, take, refuse });
      }),
  };

  constructor({
    commitEvery = 10,
    commitInterval = 1000,
  }: { readonly commitEvery?: number; readonly commitInterval?: number } = {}) {
    this.committer = new GroupCommitter({
      commitEvery,
      commitInterval,
      scheduler: this.time,
      observe: (event) => void this.events.push(event),
      assignments: () => this.assignments,
      failed: (error) => void this.failures.push(error),
    });
    this.committer.through(this.payload);
  }

  assign(topic: string, partition: number): Assignment {
    const assignment = new Assignment(topic, partition, 'g', {
      finished: () => this.committer.finished(),
      rejected: () => {},
    });
    this.assignments.push(assignment);
    return assignment;
  }

  /** Takes the commit under way, and says what it was. */
  async take(): Promise<Asked['offsets'] | undefined> {
    const asked = this.asked.shift();
    asked?.take();
    await turn();
    return asked?.offsets;
  }

  async refuse(error: unknown): Promise<void> {
    this.asked.shift()?.refuse(error);
    await turn();
  }
}

/** Emits and finishes a number of documents. */
export function finish(assignment: Assignment, count: number): void {
  for (const delivery of emit(assignment, count)) delivery.acknowledge();
}

export function emit(assignment: Assignment, count: number): Delivery[] {
  return Array.from({ length: count }, () => {
    const delivery = new Delivery(assignment, assignment.ledger.position ?? 0, 0);
    assignment.ledger.emit(delivery);
    return delivery;
  });
}
