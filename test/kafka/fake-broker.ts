import type { KafkaHeaders, KafkaMessage } from '../../src/kafka/client.ts';

/** An error as kafkajs gives them. */
export class FakeError extends Error {
  readonly type: string;
  readonly retriable: boolean;

  constructor(type: string, { retriable = false }: { readonly retriable?: boolean } = {}) {
    super(type);
    this.name = 'KafkaJSProtocolError';
    this.type = type;
    this.retriable = retriable;
  }
}

/** A record in a log; a control record marks the end of a transaction, and no consumer sees it. */
export interface FakeRecord extends KafkaMessage {
  readonly control: boolean;
}

interface FakeRecordOptions {
  readonly control?: boolean;
  /** Offsets before it that nobody has any more. */
  readonly gap?: number;
  readonly key?: string;
  readonly headers?: KafkaHeaders;
}

/** The log of a partition, and the broker that leads it. */
export class FakeLog {
  leader: number;
  readonly records: FakeRecord[] = [];
  /** The offset of the next record. */
  end = 0;

  constructor(leader = 0) {
    this.leader = leader;
  }

  append(
    value: string | Buffer | null,
    { control = false, gap = 0, key, headers = {} }: FakeRecordOptions = {},
  ): FakeRecord {
    const offset = String(this.end + gap);
    const bytes = typeof value === 'string' ? Buffer.from(value) : value;
    const record = {
      offset,
      control,
      key: key === undefined ? null : Buffer.from(key),
      value: bytes,
      timestamp: '1700000000000',
      headers,
    };
    this.records.push(record);
    this.end += gap + 1;
    return record;
  }
}

/** A commit that the group's coordinator has taken. */
export interface FakeCommit {
  readonly partition: number;
  readonly offset: number;
  readonly generation: number;
}

/** What happens to a commit: it is refused, or taken while its answer is lost. */
export type CommitFault = 'refused' | 'answer lost' | FakeError;

/**
 * A topic, the brokers that lead its partitions, and the coordinator of the one group that reads it. The group has one member that is
 * ours; what others have is told by the test.
 */
export class FakeBroker {
  readonly topic: string = 'documents';
  readonly logs: FakeLog[];
  readonly nodes: readonly number[];
  /** Committed offsets, by partition. */
  readonly committed: Map<number, number> = new Map();
  readonly commits: FakeCommit[] = [];
  /** Partitions that another member has. */
  others: ReadonlySet<number> = new Set();
  generation: number = 0;
  /** What befalls the next commits, first come first served. */
  readonly commitFaults: CommitFault[] = [];
  /** What a commit waits for before it arrives. */
  beforeCommit: () => Promise<void> = () => Promise.resolve();
  /** Called with each commit that is taken, and what was committed before. */
  onCommit: (commit: FakeCommit, before: number) => void = () => {};
  #member: string | undefined;
  #members = 0;
  #rebalancing = false;
  #nextOthers: ReadonlySet<number> = new Set();

  constructor({ partitions = 1, nodes = 1 }: { readonly partitions?: number; readonly nodes?: number } = {}) {
    this.nodes = Array.from({ length: nodes }, (_, i) => i);
    this.logs = Array.from({ length: partitions }, (_, i) => new FakeLog(i % nodes));
  }

  log(partition: number): FakeLog {
    const log = this.logs[partition];
    if (!log) throw new FakeError('UNKNOWN_TOPIC_OR_PARTITION', { retriable: true });
    return log;
  }

  get hasMember(): boolean {
    return this.#member !== undefined;
  }

  /** Whether a partition is another's now, who may read it and commit. */
  isAnothers(partition: number): boolean {
    return !this.#member || this.others.has(partition);
  }

  /** The topic gets one more partition. */
  grow(): void {
    this.logs.push(new FakeLog(this.logs.length % this.nodes.length));
  }

  /** The topic is deleted and created again. What was committed stays, as it does in Kafka for a while. */
  recreate(): void {
    for (const [i, { leader }] of this.logs.entries()) this.logs[i] = new FakeLog(leader);
  }

  /** Another member commits what it has done. */
  othersCommit(partition: number, offset: number): void {
    this.committed.set(partition, offset);
  }

  /** The group is divided anew: everybody has to join it again. */
  rebalance(others: Iterable<number> = []): void {
    this.#rebalancing = true;
    this.#nextOthers = new Set(others);
  }

  /** Our member was not heard of for too long; what it had is others' now. */
  evict(): void {
    this.#member = undefined;
    this.generation++;
  }

  join(member: string): { readonly member: string; readonly generation: number; readonly partitions: number[] } {
    if (member !== '' && member !== this.#member) throw new FakeError('UNKNOWN_MEMBER_ID');
    this.#member = member === '' ? `member-${++this.#members}` : member;
    if (this.#rebalancing) this.others = this.#nextOthers;
    this.#rebalancing = false;
    this.generation++;
    const partitions = Array.from(this.logs.keys()).filter((each) => !this.others.has(each));
    return { member: this.#member, generation: this.generation, partitions };
  }

  leave(member: string): void {
    if (member === this.#member) this.#member = undefined;
  }

  heartbeat(member: string, generation: number): void {
    if (member !== this.#member) throw new FakeError('UNKNOWN_MEMBER_ID');
    if (this.#rebalancing) throw new FakeError('REBALANCE_IN_PROGRESS');
    if (generation !== this.generation) throw new FakeError('ILLEGAL_GENERATION');
  }

  /** As the real one, it takes whatever offset a member commits, be it lower than the last. */
  commit(
    member: string,
    generation: number,
    offsets: readonly { readonly partition: number; readonly offset: number }[],
  ): void {
    const fault = this.commitFaults.shift();
    if (fault === 'refused') throw new FakeError('NOT_COORDINATOR_FOR_GROUP', { retriable: true });
    if (fault instanceof FakeError) throw fault;
    if (member !== this.#member) throw new FakeError('UNKNOWN_MEMBER_ID');
    if (generation !== this.generation) throw new FakeError('ILLEGAL_GENERATION');
    for (const { partition, offset } of offsets) {
      const commit = { partition, offset, generation };
      this.onCommit(commit, this.committed.get(partition) ?? 0);
      this.committed.set(partition, offset);
      this.commits.push(commit);
    }
    if (fault === 'answer lost') throw new FakeError('REQUEST_TIMED_OUT', { retriable: true });
  }
}
