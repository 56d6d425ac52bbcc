import type { EngineBackend } from './backend.ts';
import { type ModelOptions, Scorer } from './scorer.ts';
import type { ScoreTask } from './worker-messages.ts';

/** Something that scores batches: a {@link Scorer} here, or one in another thread. */
export interface Engine {
  readonly backend: EngineBackend;
  readonly notes: readonly string[];
  /** False once it has died or was closed; then it rejects what it is asked. */
  readonly alive: boolean;
  /** The scores of the lane, or of each lane of the group. */
  score(task: ScoreTask): Promise<readonly Float32Array[]>;
  /** Whether the process must stay for its sake. */
  hold(busy: boolean): void;
  close(): Promise<void>;
}

/** Scores in this thread, one request a turn of the event loop, so that other work comes in between. */
export async function inlineEngine(options: ModelOptions): Promise<Engine> {
  const scorer = await Scorer.load(options);
  let alive = true;
  return {
    backend: scorer.backend,
    notes: scorer.notes,
    get alive() {
      return alive;
    },
    score: (task) =>
      new Promise((resolve, reject) => {
        setImmediate(() => {
          try {
            resolve(scorer.score(task));
          } catch (error) {
            reject(error);
          }
        });
      }),
    hold() {}, // a request that waits for its turn holds the process by itself
    async close() {
      if (alive) scorer.close();
      alive = false;
    },
  };
}
