import type { KafkaEvent, KafkaPartition } from '../../src/kafka/events.ts';
import type { Logger } from './logger.ts';

/** Logs what happens between us and the cluster. What goes well and often is for those who ask for it. */
export function logEvents(log: Logger): (event: KafkaEvent) => void {
  return (event) => {
    switch (event.type) {
      case 'assign': {
        const { groupId: group, epoch, partitions, revoked } = event;
        const message =
          partitions.length > 0 ? 'the group gave us partitions' : 'joined the group, which has no partition for us';
        log.info({ group, epoch, partitions: byTopic(partitions), revoked: byTopic(revoked) }, message);
        break;
      }
      case 'crash': {
        const { error: err, retryIn } = event;
        const next = retryIn === undefined ? 'and starts anew by itself' : 'and is rebuilt';
        log.error({ err, retryIn }, `the consumer ended, ${next}`);
        break;
      }
      case 'silence':
        log.error({ milliseconds: event.milliseconds }, 'nothing was heard from the cluster');
        break;
      case 'overdue': {
        const { topic, partition, offset, age } = event;
        log.warn({ topic, partition, offset, age }, 'a document is in flight for long and holds up commits');
        break;
      }
      case 'commit-failed':
        if (event.superseded)
          log.info({ err: event.error }, 'the group has moved on; what was not committed comes again');
        else log.warn({ err: event.error }, 'offsets could not be committed; they are tried again');
        break;
      case 'send-failed': {
        const { error: err, topic, attempt, retryIn } = event;
        log.warn({ err, topic, attempt, retryIn }, 'records could not be sent; they are tried again');
        break;
      }
      case 'transaction-failed': {
        const { error: err, topic, partition, fenced } = event;
        const message = fenced ? 'another process has taken over a partition' : 'a transaction failed; it is done anew';
        log[fenced ? 'info' : 'warn']({ err, topic, partition }, message);
        break;
      }
      case 'drain':
        log.info({ inFlight: event.inFlight }, 'takes no more, and finishes what is in flight');
        break;
      case 'stop':
        if (event.unsettled > 0)
          log.warn({ unsettled: event.unsettled }, 'left the group with documents unfinished; they come again');
        else log.info('left the group');
        break;
      case 'progress':
      case 'commit':
      case 'send':
      case 'transaction': {
        const { type, ...fields } = event;
        log.trace(fields, type);
        break;
      }
    }
  };
}

/** `{ documents: [0, 1, 2] }`. */
function byTopic(partitions: readonly KafkaPartition[]): Record<string, number[]> {
  const topics = new Map<string, number[]>();
  for (const { topic, partition } of partitions) {
    const of = topics.get(topic) ?? [];
    of.push(partition);
    topics.set(topic, of);
  }
  return Object.fromEntries(Array.from(topics, ([topic, of]) => [topic, of.sort((a, b) => a - b)]));
}
