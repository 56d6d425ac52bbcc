import { Counter, collectDefaultMetrics, Histogram, Registry } from 'prom-client';
import type { Clock } from '../../src/clock/clock.ts';
import type { DeadLetter } from '../../src/document/document.ts';
import type { Ensemble } from '../../src/ensemble/types.ts';
import type { KafkaEvent } from '../../src/kafka/events.ts';
import type { LockstepObserver } from '../../src/observe/events.ts';
import { KafkaMetrics } from './kafka-metrics.ts';
import { LaneMetrics } from './lane-metrics.ts';

/** From a few milliseconds to a backlog of hours. Seconds. */
const LATENCIES = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1800, 3600, 14_400];

/** A document that the broker has confirmed. */
export interface Confirmed {
  readonly verdict: { readonly label: string };
  readonly kafka: { readonly topic: string; readonly timestamp: number };
}

/** Options of {@link Metrics}. */
export interface MetricsOptions {
  readonly group: string;
  readonly clock: Pick<Clock, 'missed'>;
  /** Whether to tell of the process as well, for which observers of Node are set up that stay. */
  readonly ofProcess: boolean;
}

/** Everything that is counted, as Prometheus reads it. A few additions a document, the rest a batch, a commit, a scrape. */
export class Metrics {
  readonly #registry = new Registry();
  readonly #kafka: KafkaMetrics;
  readonly #lanes: LaneMetrics;
  readonly #documents: Counter<'label'>;
  readonly #deadLetters: Counter<'code'>;
  readonly #latency: Histogram;

  constructor({ group, clock, ofProcess }: MetricsOptions) {
    const registers = [this.#registry];
    if (ofProcess) collectDefaultMetrics({ register: this.#registry });
    this.#kafka = new KafkaMetrics(this.#registry, group);
    this.#lanes = new LaneMetrics(this.#registry);
    this.#documents = new Counter({
      name: 'lockstep_documents_total',
      help: 'Documents whose verdict the broker has confirmed, by label',
      labelNames: ['label'],
      registers,
    });
    this.#deadLetters = new Counter({
      name: 'lockstep_dead_letters_total',
      help: 'Records that could not be labelled, by the code of the reason',
      labelNames: ['code'],
      registers,
    });
    this.#latency = new Histogram({
      name: 'lockstep_latency_seconds',
      help: 'From the timestamp of a record to the confirmation of its verdict',
      buckets: LATENCIES,
      registers,
    });
    const missed: Counter = new Counter({
      name: 'lockstep_clock_missed_edges_total',
      help: 'Edges of the clock that did not come because the event loop was busy',
      registers,
      collect: () => {
        missed.reset();
        missed.inc(clock.missed);
      },
    });
  }

  /** A model is there. */
  loaded(ensemble: Pick<Ensemble, 'name' | 'backend'>): void {
    this.#lanes.loaded(ensemble);
  }

  /** What takes the events of a model. */
  observeModel(ensemble: Pick<Ensemble, 'name'>): LockstepObserver {
    return this.#lanes.observe(ensemble);
  }

  recordKafka(event: KafkaEvent): void {
    this.#kafka.record(event);
  }

  consumed(topic: string): void {
    this.#kafka.consumed(topic);
  }

  confirmed({ verdict, kafka }: Confirmed): void {
    this.#documents.inc({ label: verdict.label });
    this.#latency.observe(Math.max(0, Date.now() - kafka.timestamp) / 1000);
  }

  deadLetter({ reason }: DeadLetter): void {
    this.#deadLetters.inc({ code: reason.code });
  }

  async text(): Promise<{ readonly contentType: string; readonly text: string }> {
    return { contentType: this.#registry.contentType, text: await this.#registry.metrics() };
  }
}
