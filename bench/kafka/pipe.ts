import { type Ensemble, loadEnsemble, shippedModel } from 'rx-lockstep';
import { clientOf, freshName, freshTopic } from '../../test/kafka/support/client.ts';
import { headlines } from '../corpus.ts';
import { type Figure, seconds } from '../report.ts';
import { bareModel } from './bare-model.ts';
import { byHand, type JobByHand } from './by-hand.ts';
import { type Job, rateOf } from './job.ts';
import { fill } from './load.ts';
import { lockstep } from './lockstep.ts';
import { free } from './models.ts';
import { figure, ratio, takeTurns } from './rounds.ts';
import { PARTITIONS, type Setting } from './setting.ts';

const RECORDS = 40_000;
const BYTES = 250;
const TITLES = 4000;
const ROUNDS = 5;

const AT_LEAST_ONCE = 'at least once';
const EXACTLY_ONCE = 'exactly once';
const BY_HAND = 'by hand, at least once';
const BY_HAND_RARELY = 'by hand, at least once, a commit a second';
const BY_HAND_EXACTLY = 'by hand, exactly once';
const MODEL = 'zh-topics without Kafka';
const MODEL_AT_LEAST_ONCE = 'zh-topics, at least once';
const MODEL_EXACTLY_ONCE = 'zh-topics, exactly once';

/** From topic to topic: with models that cost nothing against kafkajs by hand, and with the shipped models against these alone. */
export async function pipe(setting: Setting): Promise<void> {
  const times = setting.rounds(ROUNDS);
  const count = setting.records(RECORDS);
  const titles = setting.records(TITLES);
  const ensemble = await loadEnsemble(shippedModel('zh-topics'));
  const figures = [
    ...(await againstKafkajs(setting, count, times)),
    ...(await againstModels(setting, ensemble, titles, times)),
  ];
  await ensemble.close();
  setting.report(
    'pipe',
    `${count.toLocaleString('en')} records of ${BYTES} bytes through free lanes, ${titles.toLocaleString('en')} titles through zh-topics (${ensemble.backend}), ${PARTITIONS} partitions, median of ${times}`,
    figures,
  );
}

async function againstKafkajs({ broker }: Setting, count: number, rounds: number): Promise<readonly Figure[]> {
  const kafka = clientOf(broker);
  const input = await freshTopic(broker, { partitions: PARTITIONS, name: 'documents' });
  await fill(kafka, input, count, (id) => ({ key: String(id), value: 'x'.repeat(BYTES) }));
  const output = await freshTopic(broker, { partitions: PARTITIONS, name: 'verdicts' });
  const job = (mode: Job['mode']): Job => ({ kafka, mode, input, output, groupId: freshName('pipe') });

  const ours = (mode: Job['mode']) => () =>
    rateOf(count, (progress) => lockstep({ ...job(mode), classifier: free }, progress));
  const theirs =
    (mode: Job['mode'], commitInterval = 0) =>
    () =>
      rateOf(count, (progress) => byHand({ ...job(mode), convert, commitInterval }, progress));
  const results = await takeTurns(
    [
      { name: AT_LEAST_ONCE, run: ours('at least once') },
      { name: BY_HAND, run: theirs('at least once') },
      { name: BY_HAND_RARELY, run: theirs('at least once', 1000) },
      { name: EXACTLY_ONCE, run: ours('exactly once') },
      { name: BY_HAND_EXACTLY, run: theirs('exactly once') },
    ],
    rounds,
  );
  return [
    ...[AT_LEAST_ONCE, BY_HAND, BY_HAND_RARELY, EXACTLY_ONCE, BY_HAND_EXACTLY].map((name) =>
      figure(results, name, '/s'),
    ),
    ratio(results, AT_LEAST_ONCE, BY_HAND, '>= 90'),
    ratio(results, AT_LEAST_ONCE, BY_HAND_RARELY),
    ratio(results, EXACTLY_ONCE, BY_HAND_EXACTLY, '>= 90'),
  ];
}

/** Makes the records that {@link free} leads to. */
const convert: JobByHand['convert'] = (messages, { topic, partition }) =>
  messages.map(({ key, value, offset }) => {
    const text = value?.toString() ?? '';
    return { key, value: JSON.stringify({ id: `${topic}/${partition}/${offset}`, ...verdictOn(text) }) };
  });

const VERDICT = {
  label: 'tech',
  confidence: 0.9032,
  lanes: { tech: { label: 'tech', score: 0.7 }, finance: { label: 'finance', score: 0.2 } },
};

/** A model that costs nothing says the same of every text, but it does want to see it. */
function verdictOn(text: string): typeof VERDICT | undefined {
  return text === '' ? undefined : VERDICT;
}

async function againstModels(
  { broker }: Setting,
  ensemble: Ensemble,
  count: number,
  rounds: number,
): Promise<readonly Figure[]> {
  const kafka = clientOf(broker);
  const documents = headlines('zh', count);
  const input = await freshTopic(broker, { partitions: PARTITIONS, name: 'titles' });
  const output = await freshTopic(broker, { partitions: PARTITIONS, name: 'verdicts' });
  await fill(kafka, input, count, (id) => ({ key: String(id), value: documents[id]?.text ?? '' }));
  const ours = (mode: Job['mode']) => () =>
    rateOf(count, (progress) =>
      lockstep(
        { kafka, mode, input, output, groupId: freshName('pipe'), classifier: ensemble, maxBatch: 64 },
        progress,
      ),
    );
  const results = await takeTurns(
    [
      { name: MODEL_AT_LEAST_ONCE, run: ours('at least once') },
      { name: MODEL, run: async () => count / (await seconds(() => bareModel(ensemble, documents))) },
      { name: MODEL_EXACTLY_ONCE, run: ours('exactly once') },
    ],
    rounds,
  );
  return [
    ...[MODEL_AT_LEAST_ONCE, MODEL, MODEL_EXACTLY_ONCE].map((name) => figure(results, name, '/s')),
    ratio(results, MODEL_AT_LEAST_ONCE, MODEL, '>= 90'),
    ratio(results, MODEL_EXACTLY_ONCE, MODEL, '>= 90'),
  ];
}
