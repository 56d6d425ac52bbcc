import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import type { Ensemble } from '../../src/ensemble/types.ts';
import type { LockstepEvent, LockstepObserver } from '../../src/observe/events.ts';
import { DURATIONS, SYSTEM } from './semantic-conventions.ts';

/** What batches and lanes do, by model. */
export class LaneMetrics {
  readonly #models: Gauge<'model' | 'backend'>;
  readonly #batches: Counter<'model'>;
  readonly #issued: Counter<'model'>;
  readonly #early: Counter<'model'>;
  readonly #stalls: Counter<'model'>;
  readonly #bubbles: Counter<'model'>;
  readonly #answers: Counter<'model' | 'lane'>;
  readonly #abstentions: Counter<'model' | 'lane' | 'reason'>;
  readonly #duration: Histogram<'messaging_system' | 'messaging_operation_name'>;

  constructor(registry: Registry) {
    const registers = [registry];
    const counter = <T extends string>(name: string, help: string, ...labelNames: T[]): Counter<T> =>
      new Counter({ name, help, labelNames, registers });
    this.#models = new Gauge({
      name: 'lockstep_model_info',
      help: 'The models that are loaded, and what runs them',
      labelNames: ['model', 'backend'],
      registers,
    });
    this.#batches = counter('lockstep_batches_total', 'Batches issued to the lanes', 'model');
    this.#issued = counter('lockstep_batch_documents_total', 'Documents in the batches issued', 'model');
    this.#early = counter('lockstep_early_batches_total', 'Batches for which an edge was brought forward', 'model');
    this.#stalls = counter('lockstep_stalls_total', 'Edges on which the lanes were full', 'model');
    this.#bubbles = counter('lockstep_bubbles_total', 'Cycles between batches in which nothing was waiting', 'model');
    this.#answers = counter('lockstep_lane_answers_total', 'Batches about which a lane answered', 'model', 'lane');
    this.#abstentions = counter(
      'lockstep_lane_abstentions_total',
      'Documents about which a lane abstained, by the code of the reason',
      'model',
      'lane',
      'reason',
    );
    this.#duration = new Histogram({
      name: 'messaging_process_duration_seconds',
      help: 'Duration of processing operation: a batch, from its issue to its ballots',
      labelNames: ['messaging_system', 'messaging_operation_name'],
      buckets: DURATIONS,
      registers,
    });
  }

  loaded({ name: model, backend }: Pick<Ensemble, 'name' | 'backend'>): void {
    this.#models.set({ model, backend }, 1);
  }

  observe({ name: model }: Pick<Ensemble, 'name'>): LockstepObserver {
    const started = new Map<number, number>();
    return (event) => this.#record(model, event, started);
  }

  #record(model: string, event: LockstepEvent, started: Map<number, number>): void {
    switch (event.type) {
      case 'issue':
        started.set(event.batch, performance.now());
        this.#batches.inc({ model });
        this.#issued.inc({ model }, event.documents);
        if (event.early) this.#early.inc({ model });
        break;
      case 'answer':
        this.#answers.inc({ model, lane: event.lane });
        break;
      case 'abstain':
        this.#abstentions.inc({ model, lane: event.lane, reason: event.reason.code }, event.documents);
        break;
      case 'retire': {
        const since = started.get(event.batch);
        started.delete(event.batch);
        const labels = { ...SYSTEM, messaging_operation_name: 'process' };
        if (since !== undefined) this.#duration.observe(labels, (performance.now() - since) / 1000);
        break;
      }
      case 'stall':
        this.#stalls.inc({ model });
        break;
      case 'bubble':
        this.#bubbles.inc({ model }, event.cycles);
        break;
    }
  }
}
