/** The thread in which models run: what `worker-engine.ts` starts. */
import { parentPort, workerData } from 'node:worker_threads';
import { type ModelOptions, Scorer } from './scorer.ts';
import { packError, type ScoreRequest, type WorkerAnswer } from './worker-messages.ts';

const options: ModelOptions = workerData;
const port = parentPort;
if (port === null) throw new Error('model-worker is the entry of a worker thread');

function answer(message: WorkerAnswer, transfer: ArrayBuffer[] = []): void {
  port?.postMessage(message, transfer);
}

try {
  const scorer = await Scorer.load(options);
  port.on('message', ({ id, ...task }: ScoreRequest) => {
    try {
      const scores = scorer.score(task).map((lane) => new Float32Array(lane));
      answer(
        { type: 'scores', id, scores },
        scores.map(({ buffer }) => buffer),
      );
    } catch (error) {
      answer({ type: 'error', id, error: packError(error) });
    }
  });
  answer({ type: 'ready', backend: scorer.backend, notes: scorer.notes });
} catch (error) {
  answer({ type: 'failed', error: packError(error) });
}
