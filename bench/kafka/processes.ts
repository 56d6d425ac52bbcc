import { availableParallelism } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { clientOf, freshName, freshTopic, withAdmin } from '../../test/kafka/support/client.ts';
import { fill } from './load.ts';
import { figure, ratio, takeTurns } from './rounds.ts';
import { PARTITIONS, type Setting } from './setting.ts';
import { recordsIn } from './topic-size.ts';
import type { WorkerConfig } from './worker-config.ts';
import { startWorkers } from './workers.ts';

/** Milliseconds of computing for a document: with it a process can do 2000 a second at most. */
const PER_DOCUMENT = 0.5;
const SECONDS = 5;
const WARM_UP = 1;
const ROUNDS = 3;

const NAMES = ['1 process', '2 processes', '3 processes'];

/** What 1, 2 and 3 processes do of a model that computes, on a machine that has only so many cores. */
export async function processes({ broker, seconds, rounds, report }: Setting): Promise<void> {
  const kafka = clientOf(broker);
  const input = await freshTopic(broker, { partitions: PARTITIONS, name: 'documents' });
  const duration = seconds(SECONDS);
  const times = rounds(ROUNDS);
  // More than three processes could do from their start to the end of the measurement.
  const most = Math.ceil(((WARM_UP + duration + 10) * NAMES.length * 1000) / PER_DOCUMENT);
  await fill(kafka, input, most);

  const rate = async (count: number): Promise<number> => {
    const output = await freshTopic(broker, { partitions: PARTITIONS, name: 'verdicts' });
    const config: WorkerConfig = {
      by: 'lockstep',
      mode: 'at least once',
      bootstrap: broker.bootstrap,
      groupId: freshName('processes'),
      input,
      output,
      cost: { perBatch: 0, perDocument: PER_DOCUMENT, where: 'here' },
    };
    const workers = await startWorkers(count, config);
    const rate = await withAdmin(broker, async (admin) => {
      await sleep(1000 * WARM_UP);
      const [from, began] = [await recordsIn(admin, output), performance.now()];
      await sleep(1000 * duration);
      const [to, ended] = [await recordsIn(admin, output), performance.now()];
      if (to >= most) throw new Error('The documents ran out before the time did');
      return (1000 * (to - from)) / (ended - began);
    });
    await Promise.all(workers.map((worker) => worker.kill()));
    return rate;
  };
  const results = await takeTurns(
    NAMES.map((name, i) => ({ name, run: () => rate(i + 1) })),
    times,
    false,
  );
  report(
    'processes',
    `${PARTITIONS} partitions, a model that computes ${PER_DOCUMENT} ms a document, ${duration} s, median of ${times}; with the broker, on ${availableParallelism()} cores`,
    [
      ...NAMES.map((name) => figure(results, name, '/s', `documents a second, ${name}`)),
      ratio(results, '2 processes', '1 process'),
      ratio(results, '3 processes', '1 process'),
    ],
  );
}
