import { expect } from 'chai';
import { type ChaosReport, chaos } from './chaos/chaos.ts';
import type { Mode } from './chaos/worker-config.ts';
import { requireKafka } from './support/broker.ts';

const DOCUMENTS = 200_000;
const SECONDS = 75;
/** The same seed gives the same disturbances at the same times. */
const SEED = Number(process.env.LOCKSTEP_CHAOS_SEED ?? 1);

describe(`chaos: ${DOCUMENTS.toLocaleString('en')} documents while workers and broker are killed, seed ${SEED}`, function () {
  this.timeout(600_000);

  before(async function () {
    await requireKafka(this);
  });

  it('loses nothing, and repeats only what was not committed when a partition changed hands', async () => {
    const { judgement } = await run('at-least-once');
    expect(judgement.findings).to.deep.equal([]);
    expect(judgement.lost).to.equal(0);
    expect(judgement.verdicts + judgement.deadLetters).to.equal(DOCUMENTS);
    // Otherwise nothing was disturbed.
    expect(judgement.duplicates.records).to.be.above(0);
  });

  it('loses and repeats nothing, exactly once', async () => {
    const { judgement } = await run('exactly-once');
    expect(judgement.findings).to.deep.equal([]);
    expect(judgement.lost).to.equal(0);
    expect(judgement.verdicts + judgement.deadLetters).to.equal(DOCUMENTS);
    expect(judgement.duplicates.records).to.equal(0);
    // Otherwise nobody was interrupted in a transaction.
    expect(judgement.abortedRecords).to.be.above(0);
  });
});

async function run(mode: Mode): Promise<ChaosReport> {
  const report = await chaos({ mode, seed: SEED, documents: DOCUMENTS, seconds: SECONDS });
  const { seconds, disturbances, workers, judgement } = report;
  console.log(
    `${mode}: ${disturbances.length} disturbances, ${workers.length} workers, ${seconds} s`,
    judgement.duplicates,
  );
  return report;
}
