import { Gauge, type Registry } from 'prom-client';
import type { KafkaPartition, KafkaPartitionProgress, KafkaProgressEvent } from '../../src/kafka/events.ts';

/** How far the partitions are that we have: gauges of the last progress that was told, and of no partition that is gone. */
export class PartitionMetrics {
  readonly #registry: Registry;
  #inFlight = 0;
  #assigned = 0;
  #partitions: readonly KafkaPartitionProgress[] = [];

  constructor(registry: Registry) {
    this.#registry = registry;
    this.#total('lockstep_in_flight', 'Documents between reading and confirmation', () => this.#inFlight);
    this.#total('lockstep_assigned_partitions', 'Partitions that we have', () => this.#assigned);
    this.#each('lockstep_partition_lag', 'Records that are not committed yet', lagOf);
    this.#each('lockstep_partition_position', 'Offset of the next record to read', ({ position }) => position);
    this.#each('lockstep_partition_committed_offset', 'Offset that we committed last', ({ committed }) => committed);
    this.#each('lockstep_partition_in_flight', 'Documents of a partition in flight', ({ inFlight }) => inFlight);
    this.#each('lockstep_partition_oldest_age_seconds', 'Age of the document that holds up commits', ageOf);
  }

  /** The partitions that we have are others now. */
  assigned(partitions: readonly KafkaPartition[]): void {
    this.#assigned = partitions.length;
    this.#partitions = this.#partitions.filter((had) => partitions.some((has) => isSame(had, has)));
  }

  record({ inFlight, partitions }: Pick<KafkaProgressEvent, 'inFlight' | 'partitions'>): void {
    this.#assigned = partitions.length;
    this.#inFlight = inFlight;
    this.#partitions = partitions;
  }

  #total(name: string, help: string, read: () => number): void {
    const gauge: Gauge = new Gauge({
      name,
      help,
      registers: [this.#registry],
      collect: () => gauge.set(read()),
    });
  }

  #each(name: string, help: string, read: (progress: KafkaPartitionProgress) => number | undefined): void {
    const gauge: Gauge<'topic' | 'partition'> = new Gauge({
      name,
      help,
      labelNames: ['topic', 'partition'],
      registers: [this.#registry],
      collect: () => {
        gauge.reset();
        for (const progress of this.#partitions) {
          const value = read(progress);
          if (value !== undefined) gauge.set({ topic: progress.topic, partition: progress.partition }, value);
        }
      },
    });
  }
}

/** By what is committed, as Kafka's own tools count it; before the first commit, by what was read. */
function lagOf({ highWatermark, committed, position }: KafkaPartitionProgress): number | undefined {
  return highWatermark === undefined ? undefined : Math.max(0, highWatermark - (committed ?? position));
}

function isSame(one: KafkaPartition, other: KafkaPartition): boolean {
  return one.topic === other.topic && one.partition === other.partition;
}

function ageOf({ oldest }: KafkaPartitionProgress): number {
  return (oldest?.age ?? 0) / 1000;
}
