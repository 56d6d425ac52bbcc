import type { SchedulerLike } from 'rxjs';
import type { Document } from '../document/document.ts';
import type { KafkaRecordToSend } from './client.ts';
import type { KafkaObserver, KafkaSinkEvent } from './events.ts';

/** A record on behalf of a document, and what to do when its fate is known. Exactly one of the three is called, once. */
export interface Dispatch {
  readonly document: Document;
  readonly topic: string;
  readonly record: KafkaRecordToSend;
  /** The broker has confirmed it. */
  confirmed(): void;
  /** It cannot be sent, now or later. */
  failed(error: unknown): void;
  /** It is not ours to send any more: its document has come again, perhaps to another process. */
  superseded(): void;
}

/** Where records leave: a producer, or the transactions of the partitions that the documents came from. */
export interface Outlet {
  send(dispatch: Dispatch): void;
  /** Waits for what is under way, then lets go of what is behind it. Never rejects. */
  close(): Promise<void>;
}

/** What makes outlets; each user of it closes his own. */
export interface OutletSource {
  readonly openOutlet: (options: OutletOptions) => Outlet;
}

/** How records leave. */
export interface OutletOptions {
  /** Confirmations to wait for: -1 of all replicas in sync, 1 of the leader, 0 of none. */
  readonly acks: number;
  /** As kafkajs numbers them: 0 none, 1 gzip, and others for which a codec is registered. */
  readonly compression: number;
  /** Records of one request at most. */
  readonly maxBatch: number;
  /** Requests under way at once; records of the same key never are in two of them. */
  readonly maxSends: number;
  /** What becomes of records that still wait when it is closed: they are sent, if the broker takes them at once; or left. */
  readonly onClose: 'send' | 'leave';
  readonly scheduler: SchedulerLike;
  readonly observe: KafkaObserver<KafkaSinkEvent>;
}
