import { type Console, say } from '../console.ts';
import { StatusLine } from '../status-line.ts';

/** How far training is: first come the lanes over n-grams, then the networks. */
export type TrainingStep = { readonly stage: 'n-grams'; readonly done: number } | NetworksStep;

interface NetworksStep {
  readonly stage: 'networks';
  /** From 1. */
  readonly epoch: number;
  readonly epochs: number;
  /** How much of all training is done, 0 to 1. */
  readonly done: number;
  readonly loss: number;
  /** On the rows that are held back, once an epoch is over. */
  readonly accuracy: number | undefined;
}

const BAR = 24;

/** Shows how training goes: a bar that moves on a terminal, elsewhere a line an epoch. */
export class TrainingProgress {
  readonly #console: Console;
  readonly #status: StatusLine;
  readonly #now: () => number;
  #started: number;
  #last: TrainingStep | undefined;

  /** @param now milliseconds, for the remaining time */
  constructor(console: Console, now: () => number = () => performance.now()) {
    this.#console = console;
    this.#now = now;
    this.#started = now();
    this.#status = new StatusLine(console, () => (this.#last ? this.#line(this.#last) : 'reading'));
  }

  update(step: TrainingStep): void {
    if (step.stage !== this.#last?.stage) this.#started = this.#now(); // each goes at a pace of its own
    this.#last = step;
    const isTold = step.stage === 'networks' ? step.accuracy !== undefined : step.done === 1;
    if (!this.#console.stderr.isTTY && isTold) say(this.#console, figures(step));
  }

  /** Draws the bar now, and not only when it is time to. */
  draw(): void {
    this.#status.draw();
  }

  stop(): void {
    this.#status.stop();
  }

  #line(step: TrainingStep): string {
    const full = Math.round(step.done * BAR);
    const bar = '█'.repeat(full) + '░'.repeat(BAR - full);
    return `${bar} ${Math.floor(step.done * 100)} %  ${figures(step)}  ${this.#remaining(step.done)}`;
  }

  #remaining(done: number): string {
    if (done <= 0) return '';
    const seconds = Math.ceil(((this.#now() - this.#started) / 1000) * (1 / done - 1));
    const minutes = Math.floor(seconds / 60);
    return minutes > 0 ? `${minutes} min ${seconds % 60} s left` : `${seconds} s left`;
  }
}

function figures(step: TrainingStep): string {
  if (step.stage === 'n-grams') return `n-grams ${Math.floor(step.done * 100)} %`;
  const { epoch, epochs, loss, accuracy } = step;
  const right = accuracy === undefined ? '' : `  accuracy ${(accuracy * 100).toFixed(1)} %`;
  return `epoch ${epoch}/${epochs}  loss ${loss.toFixed(4)}${right}`;
}
