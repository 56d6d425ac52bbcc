import { type Console, say } from '../console.ts';
import { StatusLine } from '../status-line.ts';

/** How far training is: first come the lanes over n-grams, then the networks, each tried and then fitted to all rows. */
export type TrainingStep = NgramsStep | NetworksStep;

interface Stage {
  /** Which time the lanes are fitted, from 1. */
  readonly run: number;
  readonly runs: number;
  /** How much of the stage is done, 0 to 1. */
  readonly done: number;
}

interface NgramsStep extends Stage {
  readonly stage: 'n-grams';
}

interface NetworksStep extends Stage {
  readonly stage: 'networks';
  /** From 1. */
  readonly epoch: number;
  readonly epochs: number;
  /** The batch within the epoch, from 1. */
  readonly step: number;
  readonly steps: number;
  readonly loss: number;
  /** On the rows that are held back, if there are any, once an epoch is over. */
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
    if (!this.#console.stderr.isTTY && isMilestone(step)) say(this.#console, figures(step));
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

/** Whether an epoch, or all of the n-grams, is over; the end of an epoch is told with its accuracy, if there is one, or is the end of all. */
function isMilestone(step: TrainingStep): boolean {
  return step.stage === 'networks' ? step.accuracy !== undefined || step.done === 1 : step.done === 1;
}

function figures(step: TrainingStep): string {
  const part = step.runs > 1 ? `part ${step.run}/${step.runs}  ` : '';
  if (step.stage === 'n-grams') return `${part}n-grams ${Math.floor(step.done * 100)} %`;
  const { epoch, epochs, loss, accuracy } = step;
  const right = accuracy === undefined ? '' : `  accuracy ${(accuracy * 100).toFixed(1)} %`;
  return `${part}epoch ${epoch}/${epochs}  loss ${loss.toFixed(4)}${right}`;
}
