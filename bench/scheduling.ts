import { count, from, lastValueFrom } from 'rxjs';
import { Clock, fanOut, vote, zipLanes } from '../operators/index.ts';
import { freeSubtask } from './free-subtask.ts';
import { median, report, seconds } from './report.ts';

const DOCUMENTS = 1_000_000;
const ROUNDS = 5;

/** Documents a second through fanOut, zipLanes and vote with three lanes that cost nothing. */
export async function scheduling(): Promise<void> {
  const documents = Array.from({ length: DOCUMENTS }, (_, id) => ({ id, text: 'text' }));
  const lanes = [freeSubtask('tech', 0.7), freeSubtask('finance', 0.2), freeSubtask('culture', 0.1)];
  const rate = async (maxBatch: number): Promise<number> => {
    const clock = new Clock({ period: 5, workConserving: true });
    const run = (): Promise<number> =>
      lastValueFrom(from(documents).pipe(fanOut(lanes, { clock, maxBatch }), zipLanes(), vote(), count()));
    return DOCUMENTS / (await seconds(run));
  };
  const rates = new Map([16, 64, 256].map((maxBatch) => [maxBatch, [] as number[]]));
  for (let round = 0; round < ROUNDS; round++)
    for (const [maxBatch, results] of rates) results.push(await rate(maxBatch));
  report(
    'scheduling',
    `${DOCUMENTS.toLocaleString('en')} documents through fanOut, zipLanes and vote, three free lanes, median of ${ROUNDS}`,
    [...rates].map(([maxBatch, results]) => ({
      what: `documents a second, batches of ${maxBatch}`,
      value: median(results),
      unit: '/s',
      ...(maxBatch === 64 ? { goal: '>= 1,000,000' } : {}),
    })),
  );
}
