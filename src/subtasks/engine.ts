import type { BackendName } from './backend.ts';
import type { PackedIds } from './pack-ids.ts';
import { type ModelOptions, Scorer } from './scorer.ts';

/** Something that scores packed batches: a {@link Scorer} here, or one in another thread. */
export interface Engine {
  readonly backend: BackendName;
  readonly notes: readonly string[];
  /** False once it has died or was closed; then it rejects what it is asked. */
  readonly alive: boolean;
  score(lane: string, packed: PackedIds): Promise<Float32Array>;
  /** Whether the process must stay for its sake. */
  hold(busy: boolean): void;
  close(): Promise<void>;
}

/** Scores in this thread, one request a turn of the event loop, so that other work comes in between. */
export async function inlineEngine(options: ModelOptions): Promise<Engine> {
  const scorer = await Scorer.load(options);
  let alive = true;
  return {
    backend: scorer.backend.name,
    notes: scorer.backend.notes,
    get alive() {
      return alive;
    },
    score: (lane, packed) =>
      new Promise((resolve, reject) => {
        setImmediate(() => {
          try {
            resolve(scorer.score(lane, packed));
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
