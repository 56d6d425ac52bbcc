import type { KafkaEvent } from '../../src/kafka/events.ts';

/** Whether all is well, and if not why. */
export interface HealthReport {
  readonly ok: boolean;
  readonly reasons: readonly string[];
}

/** Options of {@link Health}. */
export interface HealthOptions {
  /** Silence is reported again after so many milliseconds for as long as it lasts. */
  readonly maxSilence: number;
  /** Milliseconds. */
  readonly now?: () => number;
}

/**
 * What an orchestrator asks. *Live*: whether it makes sense to let us go on, and not to start us anew. *Ready*: whether we do our
 * work now. A cluster that cannot be reached makes us unready, but to start us anew would not help.
 */
export class Health {
  readonly #now: () => number;
  readonly #maxSilence: number;
  #isLoaded = false;
  #hasJoined = false;
  #isDraining = false;
  #crash: string | undefined;
  #failure: string | undefined;
  #silentSince: { readonly milliseconds: number; readonly at: number } | undefined;

  constructor({ maxSilence, now = () => performance.now() }: HealthOptions) {
    this.#maxSilence = maxSilence;
    this.#now = now;
  }

  /** The models are there. */
  loaded(): void {
    this.#isLoaded = true;
  }

  /** We were asked to stop. */
  draining(): void {
    this.#isDraining = true;
  }

  /** The pipeline has ended with an error. */
  failed(error: unknown): void {
    this.#failure = messageOf(error);
  }

  record(event: KafkaEvent): void {
    switch (event.type) {
      case 'assign':
        this.#hasJoined = true;
        this.#crash = undefined;
        this.#silentSince = undefined;
        break;
      case 'commit':
      case 'transaction':
        this.#silentSince = undefined;
        break;
      case 'crash':
        this.#hasJoined = false;
        this.#crash = messageOf(event.error);
        break;
      case 'silence':
        this.#silentSince = { milliseconds: event.milliseconds, at: this.#now() };
        break;
      case 'drain':
        this.#isDraining = true;
        break;
      default:
    }
  }

  get live(): HealthReport {
    // Before we have joined the group, and after a crash, we know that nobody answers, and try on.
    const silence = this.#hasJoined ? this.#silence : undefined;
    return report([this.#failure !== undefined && `the pipeline has failed: ${this.#failure}`, silence]);
  }

  get ready(): HealthReport {
    const joining = this.#crash === undefined ? 'the group is not joined yet' : `the consumer ended: ${this.#crash}`;
    return report([
      ...this.live.reasons,
      !this.#isLoaded && 'the model is not loaded yet',
      !this.#hasJoined && joining,
      this.#isDraining && 'it was asked to stop',
    ]);
  }

  /** Told again at intervals while it lasts; what was told longer ago than that is over. */
  get #silence(): string | undefined {
    if (!this.#silentSince) return undefined;
    const { milliseconds, at } = this.#silentSince;
    if (this.#now() - at > 1.5 * this.#maxSilence) return undefined;
    return `nothing was heard from the cluster for ${Math.round(milliseconds / 1000)} s`;
  }
}

function report(reasons: readonly (string | false | undefined)[]): HealthReport {
  const found = reasons.filter((reason) => typeof reason === 'string');
  return { ok: found.length === 0, reasons: found };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
