import { Counter, Histogram, type Registry } from 'prom-client';
import type { KafkaEvent } from '../../src/kafka/events.ts';
import { errorType } from './error-fields.ts';
import { PartitionMetrics } from './partition-metrics.ts';
import { DURATIONS, SYSTEM } from './semantic-conventions.ts';

type OperationLabel = 'messaging_system' | 'messaging_operation_name' | 'messaging_destination_name';

/** What `fromKafka` and `toKafka` tell, and what follows from it for each partition that we have. */
export class KafkaMetrics {
  readonly #group: string;
  readonly #consumed: Counter<OperationLabel | 'messaging_consumer_group_name'>;
  readonly #consumedOf = new Map<string, Counter.Internal>();
  readonly #sent: Counter<OperationLabel>;
  readonly #operations: Histogram<'messaging_system' | 'messaging_operation_name'>;
  readonly #commits: Counter<'outcome'>;
  readonly #transactions: Counter<'outcome'>;
  readonly #sendFailures: Counter<'topic' | 'error_type'>;
  readonly #rebalances: Counter;
  readonly #crashes: Counter<'error_type'>;
  readonly #silences: Counter;
  readonly #overdue: Counter;
  readonly #partitions: PartitionMetrics;

  constructor(registry: Registry, group: string) {
    this.#group = group;
    const registers = [registry];
    const counter = <T extends string>(name: string, help: string, ...labelNames: T[]): Counter<T> =>
      new Counter({ name, help, labelNames, registers });
    this.#consumed = counter(
      'messaging_client_consumed_messages_total',
      'Number of messages that were delivered to the application.',
      'messaging_system',
      'messaging_operation_name',
      'messaging_destination_name',
      'messaging_consumer_group_name',
    );
    this.#sent = counter(
      'messaging_client_sent_messages_total',
      'Number of messages producer attempted to send to the broker: those that it has confirmed.',
      'messaging_system',
      'messaging_operation_name',
      'messaging_destination_name',
    );
    this.#operations = new Histogram({
      name: 'messaging_client_operation_duration_seconds',
      help: 'Duration of messaging operation initiated by a producer or consumer client.',
      labelNames: ['messaging_system', 'messaging_operation_name'],
      buckets: DURATIONS,
      registers,
    });
    this.#commits = counter('lockstep_commits_total', 'Commits of offsets: done, failed, or superseded', 'outcome');
    this.#transactions = counter('lockstep_transactions_total', 'Transactions: done, failed, or fenced', 'outcome');
    this.#sendFailures = counter(
      'lockstep_send_failures_total',
      'Requests to send that are tried again',
      'topic',
      'error_type',
    );
    this.#rebalances = counter('lockstep_rebalances_total', 'Times that the group gave us partitions');
    this.#crashes = counter('lockstep_crashes_total', 'Consumers that ended and were rebuilt', 'error_type');
    this.#silences = counter('lockstep_silences_total', 'Times that nothing was heard from the cluster for long');
    this.#overdue = counter('lockstep_overdue_documents_total', 'Documents that held up commits for long');
    this.#partitions = new PartitionMetrics(registry);
  }

  /** A document has come in. */
  consumed(topic: string): void {
    let consumed = this.#consumedOf.get(topic);
    if (!consumed) {
      consumed = this.#consumed.labels({
        ...SYSTEM,
        messaging_operation_name: 'poll',
        messaging_destination_name: topic,
        messaging_consumer_group_name: this.#group,
      });
      this.#consumedOf.set(topic, consumed);
    }
    consumed.inc();
  }

  record(event: KafkaEvent): void {
    switch (event.type) {
      case 'assign':
        this.#rebalances.inc();
        this.#partitions.assigned(event.partitions);
        break;
      case 'progress':
        this.#partitions.record(event);
        break;
      case 'commit':
        this.#commits.inc({ outcome: 'done' });
        this.#took('commit', event.milliseconds);
        break;
      case 'commit-failed':
        this.#commits.inc({ outcome: event.superseded ? 'superseded' : 'failed' });
        break;
      case 'send':
        this.#sent.inc(
          { ...SYSTEM, messaging_operation_name: 'send', messaging_destination_name: event.topic },
          event.records,
        );
        this.#took('send', event.milliseconds);
        break;
      case 'send-failed':
        this.#sendFailures.inc({ topic: event.topic, error_type: errorType(event.error) });
        break;
      case 'transaction':
        this.#transactions.inc({ outcome: 'done' });
        this.#sent.inc({ ...SYSTEM, messaging_operation_name: 'send' }, event.records);
        this.#took('transaction', event.milliseconds);
        break;
      case 'transaction-failed':
        this.#transactions.inc({ outcome: event.fenced ? 'fenced' : 'failed' });
        break;
      case 'crash':
        this.#crashes.inc({ error_type: errorType(event.error) });
        break;
      case 'silence':
        this.#silences.inc();
        break;
      case 'overdue':
        this.#overdue.inc();
        break;
      case 'stop':
        this.#partitions.record({ inFlight: event.unsettled, partitions: [] });
        break;
      case 'drain':
        break;
    }
  }

  #took(operation: string, milliseconds: number): void {
    this.#operations.observe({ ...SYSTEM, messaging_operation_name: operation }, milliseconds / 1000);
  }
}
