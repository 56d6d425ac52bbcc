import { clientOf, freshName, freshTopic } from '../../test/kafka/support/client.ts';
import { format, quantile } from '../report.ts';
import { rateOf } from './job.ts';
import { COST } from './latency.ts';
import { fill } from './load.ts';
import { lockstep, type Tuning } from './lockstep.ts';
import { free, parityClassifier } from './models.ts';
import { PARTITIONS, type Setting } from './setting.ts';
import { delaysOf } from './trial.ts';

const RECORDS = 20_000;
const RECORDS_WITH_MODEL = 6000;
const SECONDS = 1.5;

/** What the library does where nothing is said; each row of the table differs in one of them. */
const DEFAULTS = {
  'at least once': { maxInFlight: 1024, maxBatch: 64, period: 5, commitInterval: 1000 },
  'exactly once': { maxInFlight: 1024, maxBatch: 64, period: 5, commitInterval: 100 },
} as const;

type Mode = keyof typeof DEFAULTS;

const VARIATIONS: readonly (readonly [Mode, Tuning])[] = [
  ['at least once', {}],
  ['at least once', { maxInFlight: 64 }],
  ['at least once', { maxInFlight: 256 }],
  ['at least once', { maxInFlight: 4096 }],
  ['at least once', { maxBatch: 16 }],
  ['at least once', { maxBatch: 256 }],
  ['at least once', { period: 1 }],
  ['at least once', { period: 20 }],
  ['at least once', { commitInterval: 100 }],
  ['exactly once', {}],
  ['exactly once', { maxInFlight: 4096 }],
  ['exactly once', { commitInterval: 10 }],
  ['exactly once', { commitInterval: 500 }],
];

/** A line of the table: the settings, and what was measured with them. */
interface Row extends Required<Tuning> {
  readonly mode: Mode;
  /** Documents a second, with a model that costs nothing and with one that does. */
  readonly rateFree: number;
  readonly rateModel: number;
  /** Milliseconds from arrival to verdict, with the model. */
  readonly p50: number;
  readonly p99: number;
}

/** What the settings do to throughput and latency: one is turned at a time. */
export async function tuning({ broker, records, seconds, report }: Setting): Promise<void> {
  const kafka = clientOf(broker);
  const input = await freshTopic(broker, { partitions: PARTITIONS, name: 'documents' });
  const output = await freshTopic(broker, { partitions: PARTITIONS, name: 'verdicts' });
  const count = records(RECORDS);
  await fill(kafka, input, Math.max(count, RECORDS_WITH_MODEL));
  const throughput = (mode: Mode, tuning: Tuning, count: number, classifier = free): Promise<number> => {
    const job = { kafka, mode, input, output, groupId: freshName('tuning'), classifier, ...tuning };
    return rateOf(count, (progress) => lockstep(job, progress));
  };
  await throughput('at least once', {}, count); // warms up
  const capacity = await throughput('at least once', {}, RECORDS_WITH_MODEL, parityClassifier(COST));
  const load = { rate: Math.round(capacity / 2), seconds: seconds(SECONDS) };

  const rows: Row[] = [];
  for (const [mode, turned] of VARIATIONS) {
    const tuning = { ...DEFAULTS[mode], ...turned };
    const rateFree = await throughput(mode, tuning, count);
    const rateModel = await throughput(mode, tuning, RECORDS_WITH_MODEL, parityClassifier(COST));
    const delays = await delaysOf(broker, { by: 'lockstep', mode, cost: COST, ...tuning }, load);
    const [p50, p99] = [quantile(delays, 0.5), quantile(delays, 0.99)];
    rows.push({ mode, ...tuning, rateFree, rateModel, p50, p99 });
  }
  const text = tableOf(rows);
  report(
    'tuning',
    `one setting turned at a time; model: elsewhere, ${COST.perBatch} ms a batch and ${COST.perDocument} ms a document; latency at ${load.rate.toLocaleString('en')} documents a second, half of what the defaults do at least once; one round`,
    [],
    { rows, text },
  );
  console.log(text.join('\n'));
}

const HEAD = [
  ...['mode', 'maxInFlight', 'maxBatch', 'period, ms', 'commitInterval, ms'],
  ...['free model, /s', 'model, /s', 'p50, ms', 'p99, ms'],
];

/** The rows as lines of text. */
function tableOf(rows: readonly Row[]): readonly string[] {
  const cells = rows.map(({ mode, maxInFlight, maxBatch, period, commitInterval, rateFree, rateModel, p50, p99 }) => [
    ...[mode, String(maxInFlight), String(maxBatch), String(period), String(commitInterval)],
    ...[format(rateFree), format(rateModel), p50.toFixed(1), p99.toFixed(1)],
  ]);
  const lines = [HEAD, ...cells];
  const widths = HEAD.map((_, i) => Math.max(...lines.map((line) => line[i]?.length ?? 0)));
  return lines.map((line) => line.map((cell, i) => cell.padStart(widths[i] ?? 0)).join('  '));
}
