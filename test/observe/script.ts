import { LockstepError, type LockstepErrorCode } from '../../src/errors.ts';
import type { LockstepObserver } from '../../src/observe/events.ts';

/** Tells an observer the story of a pipeline with these lanes, in a few words. */
export class Script {
  readonly #observe: LockstepObserver;
  readonly #lanes: readonly string[];

  constructor(observe: LockstepObserver, lanes: readonly string[] = ['tech', 'finance']) {
    this.#observe = observe;
    this.#lanes = lanes;
  }

  issue(
    batch: number,
    cycle: number,
    { early = false, documents = 4 }: { readonly early?: boolean; readonly documents?: number } = {},
  ): this {
    this.#observe({ type: 'issue', batch, cycle, early, documents, lanes: this.#lanes });
    return this;
  }

  /** @param lanes those that answer; all by default */
  answer(batch: number, cycle: number, ...lanes: readonly string[]): this {
    for (const lane of lanes.length > 0 ? lanes : this.#lanes) this.#observe({ type: 'answer', batch, cycle, lane });
    return this;
  }

  abstain(batch: number, cycle: number, lane: string, documents = 4, code: LockstepErrorCode = 'SUBTASK_FAILED'): this {
    const reason = new LockstepError(code, 'as the script says');
    this.#observe({ type: 'abstain', batch, cycle, lane, documents, reason });
    return this;
  }

  retire(batch: number, cycle: number, rejected = 0): this {
    this.#observe({ type: 'retire', batch, cycle, documents: 4, rejected });
    return this;
  }

  stall(...cycles: readonly number[]): this {
    for (const cycle of cycles) this.#observe({ type: 'stall', cycle, waiting: 1 });
    return this;
  }

  bubble(cycle: number, cycles: number): this {
    this.#observe({ type: 'bubble', cycle, cycles });
    return this;
  }
}
