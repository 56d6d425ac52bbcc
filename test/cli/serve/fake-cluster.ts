import { finalize, Subject, tap } from 'rxjs';
import type { Cluster, ClusterOptions, PrepareCluster, ServedDocument } from '../../../cli/serve/cluster.ts';
import { settle, withReceipt } from '../../../src/document/receipt.ts';
import type { KafkaEvent } from '../../../src/kafka/events.ts';

/** A cluster without Kafka, which a test plays. */
export interface FakeCluster {
  readonly prepare: PrepareCluster;
  /** What it was prepared with. */
  readonly options: () => ClusterOptions;
  /** Resolves when documents are asked for. */
  readonly begun: Promise<void>;
  /** A record comes in. */
  readonly send: (text: string) => void;
  /** Something happens. */
  readonly tell: (event: KafkaEvent) => void;
  /** It breaks. */
  readonly fail: (error: unknown) => void;
  /** Verdicts that were confirmed, as `text label`. */
  readonly verdicts: string[];
}

/** @param reach what `reach` does; it gives three partitions at once if absent */
export function fakeCluster(reach?: (signal: AbortSignal) => ReturnType<Cluster['reach']>): FakeCluster {
  const source = new Subject<ServedDocument>();
  const verdicts: string[] = [];
  let prepared: ClusterOptions | undefined;
  let begin = (): void => {};
  let inFlight = 0;
  let offset = 0;
  const begun = new Promise<void>((resolve) => {
    begin = resolve;
  });
  const options = (): ClusterOptions => {
    if (!prepared) throw new Error('not prepared');
    return prepared;
  };
  const endIfIdle = (): void => {
    if (options().signal.aborted && inFlight === 0) source.complete();
  };
  const finish = (): void => {
    inFlight--;
    endIfIdle();
  };
  const record = () => ({
    ...{ topic: 'documents', partition: 0, key: null, value: null, headers: {} },
    offset: String(offset++),
    timestamp: Date.now(),
  });
  return {
    options,
    begun,
    verdicts,
    prepare: async (given) => {
      prepared = given;
      return {
        reach: () => reach?.(given.signal) ?? Promise.resolve(new Map([['documents', 3]])),
        get documents() {
          given.signal.addEventListener('abort', () => {
            given.observe({ type: 'drain', inFlight });
            endIfIdle();
          });
          begin();
          return source.pipe(finalize(() => given.observe({ type: 'stop', unsettled: inFlight })));
        },
        verdicts: tap((document) => {
          verdicts.push(`${document.text} ${document.verdict.label}`);
          settle(document);
        }),
      };
    },
    send: (text) => {
      const kafka = record();
      options().onRecord(kafka);
      inFlight++;
      const onReject: ClusterOptions['onDeadLetter'] = (letter) => {
        options().onDeadLetter(letter);
        finish();
      };
      source.next(withReceipt({ text, id: kafka.offset, kafka }, { onAcknowledge: finish, onReject }));
    },
    tell: (event) => options().observe(event),
    fail: (error) => source.error(error),
  };
}
