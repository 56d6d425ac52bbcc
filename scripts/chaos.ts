/**
 * The long chaos run: `npm run chaos -- --documents 1000000 --mode exactly-once --seed 7`. Its result goes to `bench/results/`.
 *
 * `--seconds` spreads the documents (default: 2,500 a second), `--log FILE` keeps what the workers say.
 */
import { appendFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { report, versionOf } from '../bench/report.ts';
import { chaos } from '../test/kafka/chaos/chaos.ts';

const RATE = 2_500;

const { values } = parseArgs({
  options: {
    documents: { type: 'string', default: '1000000' },
    mode: { type: 'string', default: 'at-least-once' },
    seed: { type: 'string', default: '1' },
    seconds: { type: 'string' },
    log: { type: 'string' },
  },
});
const { mode, log } = values;
if (mode !== 'at-least-once' && mode !== 'exactly-once')
  throw new RangeError(`Expected --mode at-least-once or exactly-once, got ${mode}`);
const documents = positive('documents', values.documents);
const seed = positive('seed', values.seed);
const seconds = positive('seconds', values.seconds ?? String(documents / RATE));

const { judgement, kafka, disturbances, ...rest } = await chaos({
  mode,
  documents,
  seed,
  seconds,
  note: (text) => console.log(text),
  hear: (worker, line) => log !== undefined && appendFileSync(log, `${worker} ${line}\n`),
});
const { verdicts, deadLetters, lost, duplicates, abortedRecords, generations, commits, findings } = judgement;
const repeatGoal = mode === 'exactly-once' ? { goal: '0' } : {};
report(
  `chaos-${mode}`,
  `${documents.toLocaleString('en')} documents, ${mode}, while workers and broker are killed, frozen and restarted; seed ${seed}`,
  [
    { what: 'documents with a verdict', value: verdicts, unit: '' },
    { what: 'documents with a dead letter', value: deadLetters, unit: '' },
    { what: 'documents with neither', value: lost, unit: '', goal: '0' },
    { what: 'records that are not the first of their document', value: duplicates.records, unit: '', ...repeatGoal },
    { what: 'takeovers of a partition at which documents came again', value: duplicates.takeovers, unit: '' },
    { what: 'records that came again at one takeover, at most', value: duplicates.mostAtOnce, unit: '' },
    { what: 'records of aborted transactions', value: abortedRecords, unit: '' },
    { what: 'disturbances', value: disturbances.length, unit: '' },
    { what: 'generations of the group', value: generations, unit: '' },
    { what: 'offsets committed', value: commits, unit: '' },
    { what: 'what the judge found against it', value: findings.length, unit: '', goal: '0' },
    { what: 'from the first document to the last commit', value: rest.seconds, unit: 's' },
  ],
  { versions: { kafka, kafkajs: versionOf('kafkajs') }, findings, ...rest, disturbances },
);
for (const { what, count, examples } of findings) console.error(`${what}: ${count}, as ${examples.join('; ')}`);
process.exit(judgement.passed ? 0 : 1);

function positive(name: string, value: string): number {
  const number = Number(value);
  if (Number.isFinite(number) && number > 0) return number;
  throw new RangeError(`Expected --${name} to be a positive number, got ${value}`);
}
