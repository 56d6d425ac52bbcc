import { Assignment, type AssignmentEvents } from './assignment.ts';
import type { KafkaBatch, KafkaEachBatchPayload } from './client.ts';
import type { KafkaPartition } from './events.ts';

/** What the group told us when we joined it. */
export interface Joining {
  readonly groupId: string;
  readonly memberId: string;
  readonly memberAssignment: Readonly<Record<string, readonly number[]>>;
}

/** What changed when we joined the group. */
export interface Joined {
  readonly assigned: readonly Assignment[];
  /** What we had before; all of it is void, for even a partition that we keep starts anew from its committed offset. */
  readonly previous: readonly Assignment[];
  /** What we had before and have no more. */
  readonly revoked: readonly KafkaPartition[];
}

/** A partition that we had before we joined anew: where its documents have to come from, if none is to be lost. */
interface Resumption {
  /** Before this offset all is finished. */
  readonly frontier: number;
  /** Whether nobody else can have had the partition meanwhile. */
  readonly ours: boolean;
}

/** Batches of a partition in a row that are not read, at most: a client that begins elsewhere again and again has a reason. */
const REFUSALS = 2;

/** The partitions that the group has given us. */
export class Membership {
  readonly #events: AssignmentEvents;
  #assignments = new Map<string, Assignment>();
  /** Until the first batch that fits. */
  #resumptions = new Map<string, Resumption>();
  readonly #refusals = new WeakMap<Assignment, number>();
  #memberId: string | undefined;
  #epoch = 0;

  constructor(events: AssignmentEvents) {
    this.#events = events;
  }

  /** How many times we have joined. */
  get epoch(): number {
    return this.#epoch;
  }

  get assignments(): Iterable<Assignment> {
    return this.#assignments.values();
  }

  joined({ groupId, memberId, memberAssignment }: Joining): Joined {
    const before = this.#resumptions;
    const previous = this.revokeAll();
    this.#epoch++;
    const assigned = Object.entries(memberAssignment).flatMap(([topic, partitions]) =>
      partitions.map((partition) => new Assignment(topic, partition, groupId, this.#events)),
    );
    this.#assignments = new Map(assigned.map((assignment) => [keyOf(assignment), assignment]));
    const stayed = memberId === this.#memberId;
    this.#memberId = memberId;
    for (const assignment of previous) {
      const key = keyOf(assignment);
      const earlier = before.get(key);
      const frontier = assignment.ledger.frontier ?? earlier?.frontier;
      if (frontier === undefined || !this.#assignments.has(key)) continue;
      this.#resumptions.set(key, { frontier, ours: stayed && (earlier?.ours ?? true) });
    }
    const revoked = previous.filter((assignment) => !this.#assignments.has(keyOf(assignment)));
    return { assigned, previous, revoked: revoked.map(({ topic, partition }) => ({ topic, partition })) };
  }

  /** Nothing is ours any more. */
  revokeAll(): readonly Assignment[] {
    const previous = [...this.#assignments.values()];
    for (const assignment of previous) assignment.revoke();
    this.#assignments = new Map();
    this.#resumptions = new Map();
    return previous;
  }

  /**
   * To which assignment a batch belongs; undefined if it is not to be read.
   *
   * kafkajs joins a group anew while batches of other brokers are queued or on their way, and hands these out afterwards. They begin
   * where the previous assignment stood, beyond documents that were in flight: to read on from there would lose these. It may even
   * have moved its position there without asking. And when a partition moves from one broker to another, it may hand out again what
   * it has handed out before. Such batches are passed over: what they hold is fetched again, or has been read.
   */
  assignmentFor(payload: Pick<KafkaEachBatchPayload, 'batch' | 'resolveOffset'>): Assignment | undefined {
    const key = keyOf(payload.batch);
    const assignment = this.#assignments.get(key);
    if (!assignment) return undefined;
    const resumption = this.#resumptions.get(key);
    const refusals = this.#refusals.get(assignment) ?? 0;
    if (refusals === REFUSALS || continues(payload.batch, assignment, resumption)) {
      this.#resumptions.delete(key);
      this.#refusals.delete(assignment);
      return assignment;
    }
    this.#refusals.set(assignment, refusals + 1);
    if (resumption?.ours) payload.resolveOffset(String(resumption.frontier - 1));
    return undefined;
  }
}

/** Whether a batch leaves nothing out and repeats nothing. */
function continues(
  { messages: [first] }: KafkaBatch,
  { ledger: { position } }: Assignment,
  resumption: Resumption | undefined,
): boolean {
  if (!first) return true;
  const start = Number(first.offset);
  return position === undefined ? start <= (resumption?.frontier ?? start) : start >= position;
}

function keyOf({ topic, partition }: KafkaPartition): string {
  return `${topic}/${partition}`;
}
