import type { Cluster } from '../../../scripts/kafka/cluster.ts';

/** An offset that a group committed: that of the next record to read. */
export interface Commit {
  readonly partition: number;
  readonly offset: number;
  /** By the broker's clock, in milliseconds since 1970. */
  readonly at: number;
}

/** Who had which partition, from some time on. */
export interface Generation {
  readonly number: number;
  readonly at: number;
  /** The client id of the owner, by partition. */
  readonly owners: ReadonlyMap<number, string>;
}

/** What the broker remembers of a group and a topic: everything, in its order. */
export interface History {
  readonly commits: readonly Commit[];
  readonly generations: readonly Generation[];
}

interface OffsetEntry {
  readonly key: { readonly data: { readonly group: string; readonly topic: string; readonly partition: number } };
  /** Null if it was taken back. */
  readonly value: { readonly data: { readonly offset: number; readonly commitTimestamp: number } } | null;
}

interface GroupEntry {
  readonly key: { readonly data: { readonly group: string } };
  readonly value: {
    readonly data: {
      readonly generation: number;
      readonly currentStateTimestamp: number;
      readonly members: readonly { readonly clientId: string; readonly assignment: string }[];
    };
  } | null;
}

/** Milliseconds without a record after which Kafka's reader ends: it read everything. */
const QUIET = 5_000;

/** Reads what the broker wrote down about a group, by Kafka's own tools. */
export async function historyOf(broker: Cluster, group: string, topic: string): Promise<History> {
  const [offsets, groups] = await Promise.all([
    entriesOf<OffsetEntry>(broker, 'OffsetsMessageFormatter'),
    entriesOf<GroupEntry>(broker, 'GroupMetadataMessageFormatter'),
  ]);
  const commits = offsets.flatMap(({ key: { data }, value }) =>
    value && data.group === group && data.topic === topic
      ? [{ partition: data.partition, offset: value.data.offset, at: value.data.commitTimestamp }]
      : [],
  );
  const generations = groups.flatMap(({ key, value }) => {
    if (!value || key.data.group !== group) return [];
    const { generation, currentStateTimestamp, members } = value.data;
    const owners = members.flatMap(({ clientId, assignment }) =>
      partitionsIn(Buffer.from(assignment, 'base64'), topic).map((partition): [number, string] => [
        partition,
        clientId,
      ]),
    );
    return owners.length > 0 ? [{ number: generation, at: currentStateTimestamp, owners: new Map(owners) }] : [];
  });
  return { commits, generations };
}

async function entriesOf<E>(broker: Cluster, formatter: string): Promise<readonly E[]> {
  const { stdout, stderr } = await broker.tool('console-consumer', [
    ...['--bootstrap-server', broker.bootstrap, '--topic', '__consumer_offsets', '--from-beginning'],
    ...['--isolation-level', 'read_committed', '--timeout-ms', String(QUIET)],
    ...['--formatter', `org.apache.kafka.tools.consumer.${formatter}`],
  ]);
  if (!stderr.includes('Processed a total of')) throw new Error(`__consumer_offsets cannot be read: ${stderr}`);
  // Objects without anything between them.
  return JSON.parse(`[${stdout.trim().replaceAll('}{"key":', '},{"key":')}]`);
}

/** The partitions of a topic in what an assignor gave a member: version, then topics with their partitions, then what else it likes. */
function partitionsIn(assignment: Buffer, topic: string): number[] {
  if (assignment.length === 0) return [];
  const partitions: number[] = [];
  let at = 2;
  const int32 = (): number => {
    at += 4;
    return assignment.readInt32BE(at - 4);
  };
  for (let topics = int32(); topics > 0; topics--) {
    const length = assignment.readInt16BE(at);
    const name = assignment.toString('utf8', at + 2, at + 2 + length);
    at += 2 + length;
    for (let count = int32(); count > 0; count--) {
      const partition = int32();
      if (name === topic) partitions.push(partition);
    }
  }
  return partitions;
}
