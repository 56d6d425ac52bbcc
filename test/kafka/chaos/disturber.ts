import { setTimeout as sleep } from 'node:timers/promises';
import type { Cluster } from '../../../scripts/kafka/cluster.ts';
import type { Fleet } from './fleet.ts';
import type { Progress } from './progress.ts';
import type { Disturbance } from './schedule.ts';

/** A disturbance as it was. */
export interface Done extends Disturbance {
  /** Seconds since the first document was sent. */
  readonly begun: number;
  readonly ended: number;
  /** The worker that it met. */
  readonly met?: string | undefined;
}

/** What a {@link Disturber} works on. */
export interface DisturberOptions {
  readonly broker: Cluster;
  readonly fleet: Fleet;
  readonly progress: Progress;
  readonly documents: number;
  /** How many of them have been sent. */
  readonly sent: () => number;
  /** Seconds since the first document was sent. */
  readonly now: () => number;
  readonly note: (text: string) => void;
}

/** Milliseconds from one look to the next. */
const EVERY = 20;
/** Milliseconds that we wait for the group to recover before it is disturbed again. */
const PATIENCE = 30_000;

/** Does to workers and broker what a schedule says. */
export class Disturber {
  readonly done: Done[] = [];
  readonly #options: DisturberOptions;
  readonly #joined: Promise<void>[] = [];
  #begun = 0;
  /** The broker is restarted by one at a time. */
  #brokerIsBack: Promise<void> = Promise.resolve();

  constructor(options: DisturberOptions) {
    this.#options = options;
  }

  /** How many have begun. */
  get begun(): number {
    return this.#begun;
  }

  /** Does one after the other, when it is time and the group has recovered from the one before. */
  async follow(schedule: readonly Disturbance[], signal: AbortSignal): Promise<void> {
    const { progress, documents, sent } = this.#options;
    const underWay: Promise<void>[] = [];
    for (const disturbance of schedule) {
      while (sent() < disturbance.at * documents && !signal.aborted) await sleep(EVERY);
      if (!disturbance.regardless) {
        await Promise.all(underWay);
        await progress.until(Math.min(progress.committed + 1, sent()), PATIENCE);
      }
      if (disturbance.kind === 'freeze') await this.#untilOneIsLeft();
      if (signal.aborted) break;
      const over = this.#disturb(disturbance);
      this.#begun++;
      // Whoever has joined is one of the group.
      (disturbance.kind === 'join' ? this.#joined : underWay).push(over);
    }
    await Promise.all([...underWay, ...this.#joined]);
  }

  /** A zombie is one only if another has taken its partitions meanwhile. */
  async #untilOneIsLeft(): Promise<void> {
    const started = performance.now();
    while (this.#options.fleet.targets.length < 2 && performance.now() - started < PATIENCE) await sleep(EVERY);
  }

  async #disturb(disturbance: Disturbance): Promise<void> {
    const { now, note } = this.#options;
    const begun = now();
    const met = await this.#act(disturbance);
    const ended = now();
    this.done.push({ ...disturbance, begun, ended, met });
    note(`${begun} s to ${ended} s: ${disturbance.kind} ${met ?? ''}`);
  }

  /** @returns the worker that it met */
  async #act({ kind, whom, lasts }: Disturbance): Promise<string | undefined> {
    const { fleet } = this.#options;
    if (kind === 'kill-broker' || kind === 'restart-broker') {
      this.#brokerIsBack = this.#brokerIsBack.then(() => this.#restart(kind === 'kill-broker'));
      await this.#brokerIsBack;
      return undefined;
    }
    if (kind === 'join') {
      const worker = await fleet.start();
      await sleep(lasts * 1000);
      if (worker.state !== 'leaving') fleet.terminate(worker);
      return worker.name;
    }
    const { targets } = fleet;
    const worker = targets[Math.floor(whom * targets.length)];
    if (!worker) return undefined;
    if (kind === 'freeze') {
      await fleet.freeze(worker, lasts * 1000);
      return worker.name;
    }
    if (kind === 'kill') await fleet.kill(worker);
    else fleet.terminate(worker);
    await fleet.start();
    return worker.name;
  }

  async #restart(abruptly: boolean): Promise<void> {
    const { broker } = this.#options;
    if (abruptly) await broker.kill();
    else await broker.stop();
    await broker.start();
  }
}
