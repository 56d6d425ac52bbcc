import { existsSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { from, lastValueFrom, reduce } from 'rxjs';
import {
  Clock,
  classify,
  type Document,
  type Encoded,
  loadEnsemble,
  type Subtask,
  shippedModel,
} from '../operators/index.ts';
import { type Row, readRows } from '../src/ensemble/index.ts';
import { readEnsemble } from '../src/ensemble/load.ts';
import { minLengthOf } from '../src/subtasks/network-config.ts';
import { packIds } from '../src/subtasks/pack-ids.ts';
import { textsOf } from './compiled-ids.ts';
import { type Contestant, interleave, QUICK, rateOf, ratioOf } from './compiled-rounds.ts';
import { onnxLane, onnxRuntime } from './onnx/session.ts';
import { type Figure, format, median, report, show } from './report.ts';
import { labellers, pythonPeers } from './shipped-peers.ts';
import { NGRAMS, stagesOf } from './shipped-stages.ts';

const BATCH = 64;
const CHUNK = 1024;
const COUNT = 4096;
const INLINE = 'classify, thread: false';
const THREADED = 'classify';
type Loaded = Awaited<ReturnType<typeof loadEnsemble>>;

interface Setting {
  readonly name: 'zh-topics' | 'en-news';
  readonly language: 'zh' | 'en';
  /** Of the shared data. */
  readonly set: string;
  /** Documents a second, on one thread. */
  readonly goal: string;
}

const SETTINGS: readonly Setting[] = [
  { name: 'zh-topics', language: 'zh', set: 'tnews15', goal: '>= 50,000' },
  { name: 'en-news', language: 'en', set: 'agnews4', goal: '>= 25,000' },
];

/** Shipped ensembles from text to verdict through all operators, stage by stage, beside other libraries and runtimes. */
export async function shipped(): Promise<void> {
  const figures: Figure[] = [];
  const versions: Record<string, string> = {};
  for (const setting of SETTINGS) figures.push(...(await measure(setting, versions)));
  const about = `text to verdict, batches of ${BATCH}, documents a second of the processor`;
  if (QUICK) show('shipped (quick)', about, figures);
  else report('shipped', about, figures, { versions });
}

async function measure({ name, language, set, goal }: Setting, versions: Record<string, string>): Promise<Figure[]> {
  const folder = shippedModel(name);
  const { texts, from: source } = textsOf(set, language, COUNT);
  console.log(`\n${name}: ${source}`);
  const [inline, threaded] = [await loadEnsemble(folder, { thread: false }), await loadEnsemble(folder)];
  const native = await withNative(folder);
  const onnx = await withOnnx(folder, inline, versions);
  const rows = await rowsOf(set);
  const peers = rows && language === 'en' ? await labellers(rows.train, texts) : [];
  for (const { name, version } of peers) versions[name] = version;

  const rates = await interleave([
    contestant(INLINE, inline, texts),
    contestant(THREADED, threaded, texts),
    ...(native ? [contestant('tfjs native', native, texts)] : []),
    ...(onnx ? [contestant('onnxruntime', onnx.ensemble, texts)] : []),
    ...peers,
  ]);
  const figures: Figure[] = [
    { what: `${name}: ${INLINE}`, ...rateOf(rates, INLINE), unit: '/s', goal },
    { what: `${name}: ${THREADED}, of the wall clock`, ...rateOf(rates, THREADED, 'wall'), unit: '/s' },
    ...[...rates.keys()]
      .filter((peer) => peer !== INLINE && peer !== THREADED)
      .map((peer) => ({ what: `${name}: ${INLINE} / ${peer}`, ...ratioOf(rates, INLINE, peer), unit: 'x' })),
  ];
  const costs = await stages(name, folder, texts, contestant(INLINE, inline, texts));
  figures.push(...costs);
  const ours = rateOf(rates, INLINE).value;
  const ngrams = 1e6 / (costs.find(({ what }) => what === `${name}: ${NGRAMS}`)?.value ?? Number.NaN);
  for (const { peer, version, rates } of rows ? await pythonPeers(language, inline.tokenizer, rows) : []) {
    versions[peer.split(/[ ,]/, 1)[0] ?? peer] = version;
    const theirs = median(rates);
    figures.push({ what: `${name}: ${peer}`, value: theirs, unit: '/s' });
    figures.push({ what: `${name}: ${INLINE} / ${peer.split(',', 1)[0]}`, value: ours / theirs, unit: 'x' });
    if (peer.startsWith('fastText'))
      figures.push({ what: `${name}: ${NGRAMS} / fastText`, value: ngrams / theirs, unit: 'x', goal: '>= 2' });
  }
  await Promise.all([inline, threaded, native].map((ensemble) => ensemble?.close()));
  await onnx?.close();
  return figures;
}

function contestant(name: string, ensemble: Loaded, texts: readonly string[]): Contestant {
  const chunks = Array.from({ length: Math.floor(texts.length / CHUNK) }, (_, at) =>
    texts.slice(at * CHUNK, (at + 1) * CHUNK).map((text) => ({ text })),
  );
  const clock = new Clock({ period: 5, workConserving: true });
  return {
    name,
    documents: CHUNK,
    run: (number) =>
      lastValueFrom(
        from(chunks[number % chunks.length] ?? []).pipe(
          classify<Document>(ensemble, { clock, maxBatch: BATCH }),
          reduce((letters, { verdict }) => letters + verdict.label.length, 0),
        ),
      ),
  };
}

/** The same ensemble with tensors; undefined where they do not load. */
async function withNative(folder: URL): Promise<Loaded | undefined> {
  try {
    return await loadEnsemble(folder, { thread: false, backend: 'native' });
  } catch (error) {
    console.log(`Without tfjs native: ${error instanceof Error ? error.message : String(error)}`);
    return undefined;
  }
}

/** The same ensemble, but what are networks computed by onnxruntime. */
async function withOnnx(
  folder: URL,
  ensemble: Loaded,
  versions: Record<string, string>,
): Promise<{ readonly ensemble: Loaded; close(): Promise<void> } | undefined> {
  const runtime = onnxRuntime();
  if (runtime === undefined) return undefined;
  versions['onnxruntime-node'] = runtime.version;
  const { network, weights } = await readEnsemble(folder);
  const sessions = new Map(
    await Promise.all(
      network.lanes.map(async (lane) => {
        const session = await onnxLane(runtime.module, { ...network, lanes: [lane] }, weights);
        return [lane.name, session] as const;
      }),
    ),
  );
  const subtasks = ensemble.subtasks.map((subtask): Subtask<Document & Encoded> => {
    const session = sessions.get(subtask.name);
    if (session === undefined) return subtask;
    return {
      ...subtask,
      score: (documents) => session.score(packIds(documents, network.maxLength, minLengthOf(network))),
    };
  });
  const close = async (): Promise<void> => {
    for (const session of sessions.values()) await session.close();
  };
  return { ensemble: { ...ensemble, subtasks }, close };
}

/** Some rows to learn, and dev; undefined where the data is missing. */
async function rowsOf(set: string): Promise<Readonly<Record<'train' | 'dev', readonly Row[]>> | undefined> {
  const folder = new URL(`${set}/`, pathToFileURL(`${process.env.LOCKSTEP_DATA ?? '../shared/data'}/`));
  if (!existsSync(folder)) return undefined;
  const train = (await readRows(new URL('train.tsv.gz', folder))).rows;
  return { train: train.slice(0, QUICK ? 1000 : 10_000), dev: (await readRows(new URL('dev.tsv', folder))).rows };
}

/** Where the time goes: microseconds a document, stage by stage. */
async function stages(name: string, folder: URL, texts: readonly string[], chain: Contestant): Promise<Figure[]> {
  const { stages, parts } = await stagesOf(folder, texts, BATCH);
  const rates = await interleave([chain, ...stages, ...parts]);
  const cost = (stage: string): number => 1e6 / rateOf(rates, stage).value;
  const whole = cost(chain.name);
  const sum = stages.reduce((sum, stage) => sum + cost(stage.name), 0);
  const lines: [string, number][] = [
    ...stages.map((stage): [string, number] => [stage.name, cost(stage.name)]),
    // The stages alone also keep their tables in the caches, which in the chain they share.
    ['the rest: operators, queues, colder caches', whole - sum],
  ];
  console.log(`\n${`${name}: microseconds a document`.padEnd(44)}${'us'.padStart(9)}${'%'.padStart(8)}`);
  for (const [stage, us] of lines)
    console.log(`  ${stage.padEnd(42)}${format(us).padStart(9)}${((100 * us) / whole).toFixed(0).padStart(8)}`);
  for (const part of parts) console.log(`    of which ${part.name.padEnd(31)}${format(cost(part.name)).padStart(9)}`);
  return [
    ...lines.map(([stage, value]) => ({ what: `${name}: ${stage}`, value, unit: 'us a document' })),
    ...parts.map((part) => ({ what: `${name}: ${part.name}`, value: cost(part.name), unit: 'us a document' })),
  ];
}
