import type { Subscriber, Subscription } from 'rxjs';
import type { Clock, Edge } from '../clock/clock.ts';
import type { Document } from '../document/document.ts';
import { reject } from '../document/receipt.ts';
import { LockstepError } from '../errors.ts';
import type { LockstepObserver } from '../observe/events.ts';
import { Fifo } from '../rx/fifo.ts';
import type { Subtask } from '../subtasks/subtask.ts';
import type { Issue } from './issue.ts';
import { type Layout, layoutOf } from './layout.ts';
import { runSubtask } from './run-subtask.ts';

/** What `fanOut` was told, with every default filled in. */
export interface DispatcherOptions {
  readonly clock: Clock;
  readonly maxBatch: number;
  readonly maxDelay: number;
  readonly depth: number;
  readonly maxWaiting: number;
  readonly bisect: boolean;
  readonly observe: LockstepObserver;
}

/** Issues what waits, edge by edge: the machinery of `fanOut`, one for each subscription. */
export class Dispatcher<D extends Document> {
  readonly #subtasks: readonly Subtask<D>[];
  readonly #options: DispatcherOptions;
  readonly #subscriber: Subscriber<Issue<D>>;
  readonly #layout: Layout;
  readonly #waiting = new Fifo<D>();
  /** For each of them the first cycle on which it could go; kept only where `maxDelay` asks for it. */
  readonly #since = new Fifo<number>();
  #batches = 0;
  #inFlight = 0;
  #lastIssue: number | undefined;
  #stallsSinceIssue = 0;
  /** A regular edge on which no lane was free, unless one becomes free before the edge is over. */
  #stalled: { readonly edge: Edge; readonly waiting: number } | undefined;
  #completed = false;
  #next: Subscription | undefined;

  constructor(subtasks: readonly Subtask<D>[], options: DispatcherOptions, subscriber: Subscriber<Issue<D>>) {
    this.#subtasks = subtasks;
    this.#options = options;
    this.#subscriber = subscriber;
    this.#layout = layoutOf(subtasks);
    subscriber.add(() => this.#next?.unsubscribe());
  }

  take(document: D): void {
    const { clock, maxDelay, maxWaiting } = this.#options;
    if (this.#waiting.length >= maxWaiting) {
      const message = `Expected at most ${maxWaiting} documents to wait for a lane, got one more; bound the stream with admit()`;
      const reason = new LockstepError('OVERFLOW', message);
      if (!reject(document, reason)) this.#subscriber.error(reason);
      return;
    }
    this.#waiting.push(document);
    if (maxDelay > 0) this.#since.push(clock.nextCycle);
    this.#wake();
  }

  /** No more documents will come. */
  complete(): void {
    this.#completed = true;
    if (this.#waiting.length === 0) this.#subscriber.complete();
    else this.#wake();
  }

  /** Sees to it that the next edge finds us, while there is something to issue. */
  #wake(): void {
    if (this.#waiting.length === 0 || this.#subscriber.closed) return;
    const { clock, maxBatch, depth } = this.#options;
    this.#next ??= clock.schedule(() => {
      this.#next = undefined;
      this.#onEdge();
    });
    const full = this.#waiting.length >= maxBatch || this.#completed;
    if (full && this.#inFlight < depth) clock.bringForward();
  }

  #onEdge(): void {
    const { clock, depth, maxBatch, maxDelay } = this.#options;
    const edge = clock.edge ?? unreachable();
    const { cycle, early } = edge;
    const full = this.#waiting.length >= maxBatch || this.#completed;
    const oldest = this.#since.first ?? 0;
    this.#countStall();
    if (this.#inFlight >= depth) {
      if (!early) this.#stalled = { edge, waiting: this.#waiting.length };
    } else if (full || (!early && cycle - oldest >= maxDelay)) {
      this.#issue(cycle, early);
    }
    this.#wake();
  }

  #issue(cycle: number, early: boolean): void {
    const { clock, maxBatch, bisect, observe } = this.#options;
    const documents = this.#waiting.take(maxBatch);
    this.#since.take(maxBatch);
    const batch = this.#batches++;
    this.#countBubbles(cycle);
    this.#inFlight++;
    observe({ type: 'issue', batch, cycle, early, documents: documents.length, lanes: this.#layout.lanes.map(nameOf) });
    let retired = false;
    this.#subscriber.next({
      batch,
      clock,
      cycle,
      documents,
      layout: this.#layout,
      observe,
      lanes: this.#subtasks.map((subtask) => ({
        name: subtask.name,
        labels: subtask.labels,
        scores: runSubtask(subtask, documents, bisect),
      })),
      retire: () => {
        if (retired) return;
        retired = true;
        this.#inFlight--;
        this.#retired();
      },
    });
    if (this.#completed && this.#waiting.length === 0) this.#subscriber.complete();
  }

  /** A lane is free: on an edge on which none was, and which has not issued yet, a batch may go at once. */
  #retired(): void {
    const { clock } = this.#options;
    if (this.#stalled !== undefined && this.#stalled.edge === clock.edge) {
      this.#stalled = undefined;
      this.#next?.unsubscribe();
      this.#next = undefined;
      this.#onEdge();
    } else {
      this.#wake();
    }
  }

  #countStall(): void {
    if (this.#stalled === undefined) return;
    const { edge, waiting } = this.#stalled;
    this.#stallsSinceIssue++;
    this.#options.observe({ type: 'stall', cycle: edge.cycle, waiting });
    this.#stalled = undefined;
  }

  #countBubbles(cycle: number): void {
    if (this.#lastIssue !== undefined) {
      const cycles = cycle - this.#lastIssue - 1 - this.#stallsSinceIssue;
      if (cycles > 0) this.#options.observe({ type: 'bubble', cycle: this.#lastIssue + 1, cycles });
    }
    this.#lastIssue = cycle;
    this.#stallsSinceIssue = 0;
  }
}

function nameOf({ name }: { readonly name: string }): string {
  return name;
}

function unreachable(): never {
  throw new Error('the work of a clock runs on its edges');
}
