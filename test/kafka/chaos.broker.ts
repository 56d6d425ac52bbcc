import { expect } from 'chai';
import { chaos } from './chaos/chaos.ts';
import type { Judgement } from './chaos/judge.ts';
import type { Mode } from './chaos/worker-config.ts';
import { requireKafka } from './support/broker.ts';

const DOCUMENTS = 200_000;
const SECONDS = 60;
/** The same seed gives the same disturbances at the same times. */
const SEED = Number(process.env.LOCKSTEP_CHAOS_SEED ?? 1);

describe(`chaos: ${DOCUMENTS.toLocaleString('en')} documents while workers and broker are killed, seed ${SEED}`, function () {
  this.timeout(600_000);

  before(async function () {
    await requireKafka(this);
  });

  it('loses nothing, and repeats only what was not committed when a partition changed hands', async () => {
    await run('at-least-once');
  });

  it('loses and repeats nothing, exactly once', async () => {
    const { duplicates } = await run('exactly-once');
    expect(duplicates.records).to.equal(0);
  });
});

async function run(mode: Mode): Promise<Judgement> {
  const report = await chaos({ mode, seed: SEED, documents: DOCUMENTS, seconds: SECONDS });
  const { seconds, disturbances, workers, judgement } = report;
  const { verdicts, deadLetters, lost, duplicates, abortedRecords, generations, findings } = judgement;
  console.log(`${mode}: ${disturbances.length} disturbances, ${workers.length} workers, ${seconds} s`);
  console.log({ verdicts, deadLetters, lost, duplicates, abortedRecords, generations });
  expect(findings).to.deep.equal([]);
  expect(lost).to.equal(0);
  expect(verdicts + deadLetters).to.equal(DOCUMENTS);
  expect(generations, 'generations, or else nothing was disturbed').to.be.above(4);
  return judgement;
}
