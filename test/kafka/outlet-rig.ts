import type { KafkaSinkEvent } from '../../src/kafka/events.ts';
import type { Dispatch, Outlet, OutletOptions } from '../../src/kafka/outlet.ts';
import { ProducerOutlet } from '../../src/kafka/producer-outlet.ts';
import { FakeError } from './fake-broker.ts';
import { FakeProducer, type FakeProducerOptions, type FakeRequest } from './fake-producer.ts';
import { FakeTime } from './fake-time.ts';

interface Sending {
  readonly key?: string | Buffer | null;
  readonly topic?: string;
  readonly partition?: number;
}

/** An outlet to a fake producer, and what it tells. */
export class Rig {
  readonly time: FakeTime = new FakeTime();
  readonly events: KafkaSinkEvent[] = [];
  /** What became of each value, in the order in which it was told. */
  readonly fates: string[] = [];
  readonly errors: unknown[] = [];
  readonly producer: FakeProducer;
  readonly outlet: Outlet;

  constructor(producer: FakeProducerOptions | FakeProducer = {}, options: Partial<OutletOptions> = {}) {
    this.producer = producer instanceof FakeProducer ? producer : new FakeProducer(producer);
    this.outlet = new ProducerOutlet(this.producer, {
      acks: -1,
      compression: 0,
      maxBatch: 1000,
      maxSends: 1,
      onClose: 'leave',
      scheduler: this.time,
      observe: (event) => this.events.push(event),
      ...options,
    });
  }

  send(value: string, { key = null, topic = 't', partition }: Sending = {}): void {
    const record = { key, value, ...(partition !== undefined && { partition }) };
    this.outlet.send(this.dispatch(topic, record));
  }

  dispatch(topic: string, record: Dispatch['record']): Dispatch {
    const name = String(record.value).slice(0, 9);
    return {
      document: { text: '' },
      topic,
      record,
      confirmed: () => this.fates.push(name),
      superseded: () => this.fates.push(`${name} superseded`),
      failed: (error) => {
        this.fates.push(`${name} failed`);
        this.errors.push(error);
      },
    };
  }

  get attempts(): number[][] {
    return this.events.flatMap((event) => (event.type === 'send-failed' ? [[event.attempt, event.retryIn]] : []));
  }
}

/** Refuses what is longer than a broker takes. */
export const strict =
  (maxBytes: number) =>
  ({ records, confirm, refuse }: FakeRequest): void => {
    const size = records.reduce((sum, { value }) => sum + String(value).length, 0);
    if (size > maxBytes) refuse(new FakeError('MESSAGE_TOO_LARGE'));
    else confirm();
  };

/** Refuses requests with these errors, one after the other, and confirms those after. */
export function failing(...errors: unknown[]): (request: FakeRequest) => void {
  return ({ confirm, refuse }) => {
    const error = errors.shift();
    if (error === undefined) confirm();
    else refuse(error);
  };
}

export const names = (count: number, from = 0): string[] => Array.from({ length: count }, (_, i) => String(from + i));
