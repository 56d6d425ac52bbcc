import type { OperatorFunction } from 'rxjs';
import { classify } from '../../operators/classify.ts';
import type { Labelled } from '../../operators/vote.ts';
import { Clock } from '../../src/clock/clock.ts';
import type { DeadLetter, Document } from '../../src/document/document.ts';
import type { Ensemble } from '../../src/ensemble/types.ts';
import type { KafkaEvent } from '../../src/kafka/events.ts';
import type { Console, StopSignal } from '../console.ts';
import { EXIT } from '../exit-codes.ts';
import { codeOf } from '../failure.ts';
import { Models } from '../models.ts';
import { routeByScript } from '../route-by-script.ts';
import { version } from '../version.ts';
import { cautions } from './cautions.ts';
import { type Cluster, MAX_SILENCE, type PrepareCluster, type ServedDocument } from './cluster.ts';
import { logEvents } from './event-log.ts';
import { Health } from './health.ts';
import { startHttpServer } from './http-server.ts';
import { createLogger, type Logger } from './logger.ts';
import { Metrics } from './metrics.ts';
import type { ServeSettings } from './settings.ts';

/** What the service is made of; a test brings its own. */
export interface ServiceParts {
  readonly load: (model: string, settings: ServeSettings) => Promise<Ensemble>;
  readonly prepare: PrepareCluster;
  /** Whether metrics tell of the process as well. */
  readonly ofProcess: boolean;
}

type Labels = OperatorFunction<ServedDocument, ServedDocument & Labelled>;

/** The life of `lockstep serve`, from its settings to its exit code. */
export class Service {
  readonly #settings: ServeSettings;
  readonly #console: Console;
  readonly #parts: ServiceParts;
  readonly #log: Logger;
  readonly #metrics: Metrics;
  readonly #health: Health = new Health({ maxSilence: MAX_SILENCE });
  readonly #clock: Clock;
  readonly #stop = new AbortController();
  /** What is to be closed in the end, the last first. */
  readonly #open: (() => Promise<void>)[] = [];
  readonly #started = performance.now();
  #documents = 0;
  #deadLetters = 0;

  constructor(settings: ServeSettings, console: Console, parts: ServiceParts) {
    this.#settings = settings;
    this.#console = console;
    this.#parts = parts;
    this.#log = createLogger(settings, console);
    this.#clock = new Clock({ period: settings.clock, workConserving: true });
    this.#metrics = new Metrics({ group: settings.group, clock: this.#clock, ofProcess: parts.ofProcess });
  }

  /** Serves until it is asked to stop, or cannot go on. */
  async perform(): Promise<number> {
    const forget = this.#console.onInterrupt((signal) => this.#interrupt(signal), ['SIGINT', 'SIGTERM']);
    try {
      await this.#begin();
      await this.#serve();
      return EXIT.fine;
    } catch (error) {
      this.#health.failed(error);
      this.#log.fatal({ err: error }, 'cannot go on');
      return codeOf(error) === 'INVALID_ARGUMENT' ? EXIT.usage : EXIT.failure;
    } finally {
      for (const close of this.#open.reverse()) await close();
      this.#sayGoodbye();
      forget();
    }
  }

  async #begin(): Promise<void> {
    const { brokers, group, in: input, out, deadLetters, exactlyOnce, model, clock, batch, inFlight } = this.#settings;
    this.#log.info(
      {
        version: await version(),
        brokers,
        group,
        in: input,
        out,
        deadLetters,
        exactlyOnce,
        model: model ?? 'by script',
        clock,
        batch,
        inFlight,
      },
      'begins',
    );
    for (const caution of cautions(this.#settings, this.#console.env)) this.#log.warn(caution);
    if (!this.#settings.http) return;
    const server = await startHttpServer(this.#settings, {
      live: () => this.#health.live,
      ready: () => this.#health.ready,
      metrics: () => this.#metrics.text(),
    });
    this.#open.push(() => server.close());
    this.#log.info({ port: server.port }, 'answers /live, /ready and /metrics');
  }

  async #serve(): Promise<void> {
    const { signal } = this.#stop;
    const cluster = await this.#parts.prepare({
      settings: this.#settings,
      log: this.#log,
      signal,
      observe: this.#observer(),
      onRecord: ({ topic }) => this.#metrics.consumed(topic),
      onDeadLetter: (letter) => this.#count(letter),
    });
    const labels = await this.#labels();
    this.#health.loaded();
    const partitions = signal.aborted ? undefined : await cluster.reach();
    if (!partitions || signal.aborted) return;
    this.#log.info({ partitions: Object.fromEntries(partitions) }, 'the cluster has the topics');
    await this.#stream(cluster, labels);
  }

  #stream({ documents, verdicts }: Cluster, labels: Labels): Promise<void> {
    return new Promise((resolve, reject) => {
      documents.pipe(labels, verdicts).subscribe({
        next: (document) => {
          this.#documents++;
          this.#metrics.confirmed(document);
        },
        complete: resolve,
        error: reject,
      });
    });
  }

  /** All models are loaded before the first document comes, so that none of them has to wait. */
  async #labels(): Promise<Labels> {
    const { model } = this.#settings;
    if (model !== undefined) {
      const ensemble = await this.#load(model);
      this.#open.push(() => ensemble.close());
      return this.#classify(ensemble);
    }
    const models = new Models(
      (name) => this.#load(name),
      () => {},
    );
    this.#open.push(() => models.close());
    await models.loadAll();
    return routeByScript(models, (ensemble) => this.#classify(ensemble));
  }

  async #load(model: string): Promise<Ensemble> {
    const ensemble = await this.#parts.load(model, this.#settings);
    const { name, backend, labels } = ensemble;
    this.#log.info({ model: name, backend, labels: labels.length }, 'a model is loaded');
    this.#metrics.loaded(ensemble);
    return ensemble;
  }

  #classify<D extends Document>(ensemble: Ensemble): OperatorFunction<D, D & Labelled> {
    const observe = this.#metrics.observeModel(ensemble);
    return classify(ensemble, { clock: this.#clock, maxBatch: this.#settings.batch, observe });
  }

  #observer(): (event: KafkaEvent) => void {
    const tell = logEvents(this.#log);
    return (event) => {
      this.#health.record(event);
      this.#metrics.recordKafka(event);
      tell(event);
    };
  }

  #count(letter: DeadLetter): void {
    this.#deadLetters++;
    this.#metrics.deadLetter(letter);
  }

  #interrupt(signal: StopSignal): void {
    this.#log.info({ signal }, 'asked to stop; a second signal ends it at once');
    this.#health.draining();
    this.#stop.abort();
  }

  #sayGoodbye(): void {
    const seconds = Math.round((performance.now() - this.#started) / 1000);
    this.#log.info({ documents: this.#documents, deadLetters: this.#deadLetters, seconds }, 'ends');
  }
}
