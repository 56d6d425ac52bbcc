import { argmax } from '../src/integrate/argmax.ts';
import { type BackendName, loadBackend } from '../src/subtasks/backend.ts';
import { minLengthOf, type NetworkConfig } from '../src/subtasks/network-config.ts';
import { packIds } from '../src/subtasks/pack-ids.ts';
import { COMPILED, COMPILED_8, enginesFor, type LaneEngine, ONNX } from './compiled-engines.ts';
import { type IdSource, titleIds, uniformIds } from './compiled-ids.ts';
import { configOf, LANES, LONGEST, loudWeights } from './compiled-lanes.ts';
import { interleave, QUICK, type Rates, rateOf, ratioOf } from './compiled-rounds.ts';
import { onnxRuntime } from './onnx/session.ts';
import { type Figure, format, report, show } from './report.ts';

const BATCHES = [64, 1];
const CHECKED = 256;
const TOLERANCE = 1e-3;
/** Of the ratio to onnxruntime with batches of 64. */
const GOALS: Readonly<Record<string, string>> = {
  'cnn, titles': '>= 15',
  'cnn, uniform': '>= 10',
  'lstm, titles': '>= 3',
  'lstm, uniform': '>= 2',
};

/** What is said of one lane, source of ids and size of batch. */
interface Measured {
  readonly lane: string;
  readonly ids: string;
  readonly batch: number;
  readonly rates: Rates;
}

/** Compiled lanes from ids to scores on one thread, beside runtimes with the same weights. */
export async function compiled(): Promise<void> {
  oneThread();
  const onnx = onnxRuntime();
  const tensors = await backends();
  const { backend: reference, versions } = tensors;
  const sources = [titleIds(), uniformIds()];
  for (const { name, about } of sources) console.log(`${name}: ${about}`);
  const measured: Measured[] = [];
  const figures: Figure[] = [];
  for (const [lane, options] of Object.entries(LANES)) {
    const config = configOf(options);
    const weights = loudWeights(reference, config);
    const engines = await enginesFor(config, weights, { onnx, tensors: tensors.names });
    for (const source of sources) {
      figures.push(...(await agreement(lane, config, source, engines)));
      for (const batch of BATCHES) {
        const rates = await interleave(contestantsOf(config, source, { batch, engines }));
        measured.push({ lane, ids: source.name, batch, rates });
      }
    }
    for (const engine of engines) await engine.close();
  }
  table(measured);
  figures.unshift(...measured.flatMap(figuresOf));
  const about = `ids to scores, documents a second of the processor, ${sources.map(({ name, about }) => `${name}: ${about}`).join('; ')}`;
  if (QUICK) return show('compiled (quick)', about, figures);
  report('compiled', about, figures, {
    versions: { ...versions, ...(onnx && { 'onnxruntime-node': onnx.version }) },
    rates: measured.map(({ rates, ...what }) => ({
      ...what,
      ...Object.fromEntries([...rates.keys()].map((name) => [name, Math.round(rateOf(rates, name).value)])),
    })),
  });
}

/** What libtensorflow and OpenMP read when they are loaded. */
function oneThread(): void {
  for (const name of ['TF_NUM_INTRAOP_THREADS', 'TF_NUM_INTEROP_THREADS', 'OMP_NUM_THREADS']) process.env[name] = '1';
}

/** The tensor backends that load here, and one of them. */
async function backends() {
  const names: BackendName[] = [];
  const versions: Record<string, string> = {};
  try {
    const { libtensorflow = 'unknown' } = await loadBackend({ prefer: 'native' });
    names.push('native');
    versions.libtensorflow = libtensorflow;
  } catch (error) {
    console.log(`Without tfjs native: ${error instanceof Error ? error.message : String(error)}`);
  }
  names.push('wasm');
  return { names, versions, backend: await loadBackend({ prefer: 'wasm' }) };
}

/** All must say the same; what 8 bits change is stated. */
async function agreement(
  lane: string,
  config: NetworkConfig,
  { name, documents }: IdSource,
  engines: readonly LaneEngine[],
): Promise<Figure[]> {
  const labels = config.lanes[0]?.labels.length ?? 0;
  const packed = packIds(documents.slice(0, CHECKED), LONGEST, minLengthOf(config));
  const figures: Figure[] = [];
  let expected: Float32Array | undefined;
  for (const engine of engines.toReversed()) {
    await engine.begin?.();
    const scores = Float32Array.from(await engine.score(packed));
    expected ??= scores; // of tfjs
    const apart = scores.reduce((most, score, at) => Math.max(most, Math.abs(score - (expected?.[at] ?? 0))), 0);
    const verdicts = Array.from({ length: CHECKED }, (_, row) => argmax(scores, row * labels, labels));
    const same = verdicts.filter((verdict, row) => verdict === argmax(expected ?? scores, row * labels, labels)).length;
    const what = `${lane}, ${name}: ${engine.name}`;
    if (engine.name === COMPILED_8)
      figures.push({ what: `${what}, the same verdict as tfjs`, value: (100 * same) / CHECKED, unit: '%' });
    else if (!(scores.length === expected.length && apart <= TOLERANCE))
      throw new Error(`${what} differs from tfjs by ${apart}`);
    if (engine.name.startsWith(COMPILED))
      figures.push({ what: `${what}, largest difference from tfjs x 1000`, value: apart * 1000, unit: '' });
  }
  return figures;
}

function contestantsOf(
  config: NetworkConfig,
  { documents }: IdSource,
  { batch, engines }: { readonly batch: number; readonly engines: readonly LaneEngine[] },
) {
  const shortest = minLengthOf(config);
  const batches = Array.from({ length: Math.floor(documents.length / batch) }, (_, at) =>
    documents.slice(at * batch, (at + 1) * batch),
  );
  return engines.map(({ name, begin, score }) => ({
    name,
    documents: batch,
    begin,
    run: (number: number) => score(packIds(batches[number % batches.length] ?? [], LONGEST, shortest)),
  }));
}

function figuresOf({ lane, ids, batch, rates }: Measured): Figure[] {
  const what = `${lane}, ${ids}, batch ${batch}`;
  return [...rates.keys()].flatMap((name): Figure[] => {
    if (!name.startsWith(COMPILED)) return [];
    const peers = [...rates.keys()].filter((peer) => peer === ONNX || (batch > 1 && !peer.startsWith(COMPILED)));
    return [
      { what: `${what}: ${name}`, ...rateOf(rates, name), unit: '/s' },
      ...peers.map((peer) => {
        const goal = peer === ONNX && batch === BATCHES[0] ? GOALS[`${lane}, ${ids}`] : undefined;
        return { what: `${what}: ${name} / ${peer}`, ...ratioOf(rates, name, peer), unit: 'x', ...(goal && { goal }) };
      }),
    ];
  });
}

/** Documents a second, an engine a column. */
function table(measured: readonly Measured[]): void {
  const names = [...new Set(measured.flatMap(({ rates }) => [...rates.keys()]))];
  console.log(
    `\n${'documents a second of the processor'.padEnd(36)}${names.map((name) => name.padStart(18)).join('')}`,
  );
  for (const { lane, ids, batch, rates } of measured) {
    const cells = names.map((name) => (rates.has(name) ? format(rateOf(rates, name).value) : '').padStart(18));
    console.log(`${`${lane}, ${ids}, batch ${batch}`.padEnd(36)}${cells.join('')}`);
  }
}
