import type { Observable } from 'rxjs';
import type { Document } from '../../../operators/index.ts';
import { type KafkaProducer, toKafka } from '../../../operators/kafka.ts';

declare const documents: Observable<Document>;
declare const producer: KafkaProducer;

documents.pipe(toKafka(producer, { topic: 'verdicts' })); // expect: Labelled
