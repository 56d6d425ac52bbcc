/**
 * The judge of a chaos run. It has nothing of our own code to go by: records are read by Kafka's console consumer, and who had which
 * partition when, and what was committed, is read from what the broker wrote down.
 */
import type { Cluster } from '../../../scripts/kafka/cluster.ts';
import { type ReadRecord, streamTopic } from '../support/reader.ts';
import type { ChaosRun } from './conductor.ts';
import { fateOf, ID, keyOf, messageOf } from './documents.ts';
import { type Finding, Findings } from './findings.ts';
import { type History, historyOf } from './history.ts';
import { Tally } from './tally.ts';
import { Tenures } from './tenures.ts';
import type { ChaosVerdict } from './worker-config.ts';

/** What the judge has to say. */
export interface Judgement {
  readonly passed: boolean;
  readonly findings: readonly Finding[];
  /** Documents with a verdict. */
  readonly verdicts: number;
  /** Documents with a dead letter. */
  readonly deadLetters: number;
  /** Documents with neither. */
  readonly lost: number;
  readonly duplicates: Duplicates;
  /** Records that only a reader sees who does not care whether they were committed. */
  readonly abortedRecords: number;
  readonly generations: number;
  readonly commits: number;
}

/** Records that are not the first of their document. */
export interface Duplicates {
  readonly records: number;
  /** Of how many documents. */
  readonly documents: number;
  /** Times that a partition came into new hands and documents came again. */
  readonly takeovers: number;
  /** Records that came again at one of these times, at most. */
  readonly mostAtOnce: number;
}

export async function judge(broker: Cluster, run: ChaosRun): Promise<Judgement> {
  const findings = new Findings();
  const history = await historyOf(broker, run.group, run.topics.documents);
  checkWorkers(run, findings);
  checkCommits(history, findings);
  await checkEnds(broker, run, history, findings);

  const tenures = new Tenures(history);
  const verdicts = new Tally(run, tenures, findings);
  const deadLetters = new Tally(run, tenures, findings);
  await readVerdicts(broker, run, verdicts, findings);
  await readDeadLetters(broker, run, deadLetters, findings);
  const seen = run.mode === 'exactly-once' ? await countUncommitted(broker, run) : verdicts.total + deadLetters.total;
  const outcome = outcomeOf(run, verdicts, deadLetters, findings);
  const repeats = repeatsOf([verdicts, deadLetters]);
  return {
    passed: findings.all.length === 0,
    findings: findings.all,
    ...outcome,
    duplicates: {
      records: verdicts.total + deadLetters.total - outcome.verdicts - outcome.deadLetters,
      documents: verdicts.repeated + deadLetters.repeated,
      takeovers: repeats.length,
      mostAtOnce: Math.max(0, ...repeats),
    },
    abortedRecords: seen - verdicts.total - deadLetters.total,
    generations: history.generations.length,
    commits: history.commits.length,
  };
}

/** How many records that were not the first each brought who took a partition over. */
function repeatsOf(tallies: readonly Tally[]): readonly number[] {
  const repeats = new Map<string, number>();
  for (const { takeovers } of tallies)
    for (const [hand, count] of takeovers) repeats.set(hand, (repeats.get(hand) ?? 0) + count);
  return [...repeats.values()];
}

/** What became of each document. */
function outcomeOf(
  { documents }: ChaosRun,
  verdicts: Tally,
  deadLetters: Tally,
  findings: Findings,
): Pick<Judgement, 'verdicts' | 'deadLetters' | 'lost'> {
  const outcome = { verdicts: 0, deadLetters: 0, lost: 0 };
  for (let id = 0; id < documents; id++) {
    const labelled = verdicts.of(id) > 0;
    const rejected = deadLetters.of(id) > 0;
    if (labelled) outcome.verdicts++;
    if (rejected) outcome.deadLetters++;
    if (labelled && rejected) findings.add('a document has a verdict and a dead letter', `document ${id}`);
    if (labelled || rejected) continue;
    outcome.lost++;
    findings.add('a document is lost', `document ${id}`);
  }
  return outcome;
}

function checkWorkers({ departures, finished }: ChaosRun, findings: Findings): void {
  if (!finished) findings.add('the workers stood still', 'nothing was committed for long');
  for (const { name, code, signal, asked, lastWords } of departures) {
    const how = `${name}: ${signal ?? code}, ${lastWords}`;
    if (!asked) findings.add('a worker ended by itself', how);
    else if (signal === null && code !== 0) findings.add('a worker failed as it left', how);
  }
}

/** What is committed never goes back. */
function checkCommits({ commits }: History, findings: Findings): void {
  const committed = new Map<number, number>();
  for (const { partition, offset } of commits) {
    const before = committed.get(partition) ?? 0;
    if (offset < before) findings.add('a commit went back', `partition ${partition}: from ${before} to ${offset}`);
    committed.set(partition, offset);
  }
}

/** Everything that was sent is committed, by Kafka's own word. */
async function checkEnds(
  broker: Cluster,
  { group, topics, documents, partitions }: ChaosRun,
  { commits }: History,
  findings: Findings,
): Promise<void> {
  const { stdout } = await broker.tool('consumer-groups', [
    ...['--bootstrap-server', broker.bootstrap, '--describe', '--group', group, '--offsets'],
  ]);
  const rows = stdout
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter(([, topic]) => topic === topics.documents);
  let sent = 0;
  for (const [, , partition, committed, end] of rows) {
    sent += Number(end);
    if (committed !== end) findings.add('not all is committed', `partition ${partition}: ${committed} of ${end}`);
    const last = commits.findLast((commit) => commit.partition === Number(partition))?.offset;
    if (String(last) !== committed)
      findings.add('the judge does not know all commits', `partition ${partition}: ${last}`);
  }
  if (rows.length !== partitions)
    findings.add('not all is committed', `only ${rows.length} of ${partitions} partitions`);
  if (sent !== documents) findings.add('the topic does not hold what was sent', `${sent} of ${documents}`);
}

async function readVerdicts(broker: Cluster, { topics }: ChaosRun, tally: Tally, findings: Findings): Promise<void> {
  /** The last id of each key, by first verdicts. */
  const last = new Map<string, number>();
  await streamTopic(broker, topics.verdicts, ({ key: bytes, value }) => {
    const { label, ...output }: ChaosVerdict = JSON.parse(String(value));
    const { id } = output;
    const key = String(bytes);
    if (label !== fateOf(id)) findings.add('a verdict is wrong', `document ${id}: ${label}, not ${fateOf(id)}`);
    if (key !== keyOf(id)) findings.add('a verdict has the wrong key', `document ${id}: ${key}`);
    if (!tally.add(output)) return;
    const before = last.get(key) ?? -1;
    if (id < before) findings.add('the verdicts of a key are out of order', `${key}: document ${id} after ${before}`);
    last.set(key, id);
  });
}

async function readDeadLetters(broker: Cluster, { topics }: ChaosRun, tally: Tally, findings: Findings): Promise<void> {
  await streamTopic(broker, topics.deadLetters, (record) => {
    const headers = new Map(record.headers.map(([name, value]) => [name, String(value)]));
    const id = Number(headers.get(ID));
    const reason = headers.get('lockstep-reason');
    if (fateOf(id) !== 'dead letter') findings.add('a dead letter is wrong', `document ${id}: ${reason}`);
    if (!isAsSent(record, id)) findings.add('a dead letter is not as it was sent', `document ${id}: ${record.value}`);
    tally.add({
      id,
      partition: Number(headers.get('lockstep-partition')),
      offset: Number(headers.get('lockstep-offset')),
      worker: headers.get('worker') ?? '',
      joined: Number(headers.get('joined')),
    });
  });
}

function isAsSent({ key, value }: ReadRecord, id: number): boolean {
  const sent = messageOf(id);
  return String(key) === sent.key && (value === null ? null : String(value)) === sent.value;
}

async function countUncommitted(broker: Cluster, { topics }: ChaosRun): Promise<number> {
  let records = 0;
  for (const topic of [topics.verdicts, topics.deadLetters])
    await streamTopic(broker, topic, () => records++, { isolation: 'read_uncommitted' });
  return records;
}
