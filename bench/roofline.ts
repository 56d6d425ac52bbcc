import { readFileSync } from 'node:fs';
import asc from 'assemblyscript/asc';
import { CompiledNetwork } from '../src/compiled/compiled-network.ts';
import { type Memory, wasm } from '../src/compiled/web-assembly.ts';
import { loadBackend } from '../src/subtasks/backend.ts';
import { minLengthOf } from '../src/subtasks/network-config.ts';
import { packIds } from '../src/subtasks/pack-ids.ts';
import { titleIds } from './compiled-ids.ts';
import { configOf, LANES, LONGEST, loudWeights, VOCABULARY } from './compiled-lanes.ts';
import { type Contestant, interleave, QUICK, rateOf } from './compiled-rounds.ts';
import { type Figure, format, report, show } from './report.ts';
import { type Work, workOf } from './roofline-work.ts';

const BATCH = 64;
const PAGE = 65_536;
/** Where the table lies whose rows are read; before it are their numbers. */
const ORDER = PAGE;
const LARGEST_ROW = 2048;
const TIMES = 10_000;
/** Rows that the first cache holds. */
const NEAR = { rows: 8, stride: 2048 };
const INTEGERS = 'multiply-adds of 16-bit integers';
const FLOATS = 'multiply-adds of float32';
const CACHE = 'bytes read from the first cache';

interface Limits {
  integers(times: number): void;
  floats(times: number): void;
  rows(table: number, stride: number, order: number, count: number): void;
}

/** How far compiled lanes are from what a core can do: the rate of its instructions and of its memory, measured in the same rounds. */
export async function roofline(): Promise<void> {
  const { about, documents } = titleIds();
  const ids = Int32Array.from(documents.flatMap(({ ids }) => [...ids]));
  const lengths = documents.map(({ ids }) => ids.length);
  const table = ORDER + Math.ceil((4 * ids.length) / PAGE) * PAGE;
  const memory = new wasm.Memory({ initial: Math.ceil((table + VOCABULARY * LARGEST_ROW) / PAGE) });
  const limits = await limitsOver(memory);
  new Int32Array(memory.buffer, ORDER, ids.length).set(ids);
  new Uint8Array(memory.buffer, table).fill(1); // pages that nobody wrote are all the same one

  const backend = await loadBackend({ prefer: 'wasm' });
  const lanes = Object.entries(LANES).map(([name, lane]) => {
    const config = configOf(lane);
    const network = new CompiledNetwork(config, loudWeights(backend, config));
    const batches = Array.from({ length: Math.floor(documents.length / BATCH) }, (_, at) =>
      packIds(documents.slice(at * BATCH, (at + 1) * BATCH), LONGEST, minLengthOf(config)),
    );
    const contestant: Contestant = {
      name,
      documents: BATCH,
      run: (number) => {
        const packed = batches[number % batches.length];
        if (packed !== undefined) network.score(lane.name, packed);
      },
    };
    return { name, contestant, work: workOf(lane, lengths) };
  });
  const strides = [...new Set(lanes.map(({ work }) => strideOf(work)))];
  const rowsName = (stride: number): string => `bytes of rows of ${stride}, as titles need them`;
  const near = new Int32Array(memory.buffer, 0, 1024 + NEAR.rows);
  for (let at = 0; at < 1024; at++) near[at + 8] = at % NEAR.rows;
  const rates = await interleave([
    { name: INTEGERS, documents: TIMES * 12 * 8, run: () => limits.integers(TIMES) },
    { name: FLOATS, documents: TIMES * 12 * 4, run: () => limits.floats(TIMES) },
    { name: CACHE, documents: 1000 * NEAR.stride, run: () => limits.rows(table, NEAR.stride, 32, 1000) },
    ...strides.map((stride) => ({
      name: rowsName(stride),
      documents: 1024 * stride,
      run: (number: number) => limits.rows(table, stride, ORDER + 4 * ((number * 1024) % (ids.length - 1024)), 1024),
    })),
    ...lanes.map(({ contestant }) => contestant),
  ]);

  const rate = (name: string): number => rateOf(rates, name).value;
  const figures: Figure[] = [INTEGERS, FLOATS, CACHE, ...strides.map(rowsName)].map((what) => ({
    what,
    value: rate(what) / 1e9,
    unit: '10^9/s',
  }));
  console.log(
    `\n${'a title'.padEnd(12)}${['MACs i16', 'MACs f32', 'cache B', 'row B', 'limit us', 'is us', '%'].map((head) => head.padStart(11)).join('')}  what binds`,
  );
  for (const { name, work } of lanes) {
    const seconds = {
      arithmetic: work.integers / rate(INTEGERS) + work.floats / rate(FLOATS),
      'first cache': work.cacheBytes / rate(CACHE),
      'table rows': (work.tokens * strideOf(work)) / rate(rowsName(strideOf(work))),
    };
    const [binds = '', limit = 0] = Object.entries(seconds).sort(([, a], [, b]) => b - a)[0] ?? [];
    const measured = 1 / rate(name);
    const cells = [
      work.integers,
      work.floats,
      work.cacheBytes,
      work.tokens * work.row,
      limit * 1e6,
      measured * 1e6,
      (100 * limit) / measured,
    ];
    console.log(`${name.padEnd(12)}${cells.map((cell) => format(cell).padStart(11)).join('')}  ${binds}`);
    figures.push(
      { what: `${name}: a title takes`, value: measured * 1e6, unit: 'us' },
      { what: `${name}: at least, by ${binds}`, value: limit * 1e6, unit: 'us' },
      { what: `${name}: of the limit`, value: (100 * limit) / measured, unit: '%', goal: '>= 50' },
    );
  }
  if (QUICK) return show('roofline (quick)', about, figures);
  report('roofline', `one thread, seconds of the processor; ${about}`, figures, {
    versions: { assemblyscript: asc.version },
    work: Object.fromEntries(lanes.map(({ name, work }) => [name, work])),
  });
}

/** Bytes of a row as the benchmark reads them, 64 at a time. */
function strideOf({ row }: Work): number {
  return Math.ceil(row / 64) * 64;
}

/** Compiles roofline.as. */
async function limitsOver(memory: Memory): Promise<Limits> {
  const source = readFileSync(new URL('roofline.as', import.meta.url), 'utf8');
  let bytes: Uint8Array | undefined;
  const { error, stderr } = await asc.main(
    ['roofline.ts', '--outFile', 'roofline.wasm', '-O3', '--enable', 'simd', '--importMemory', '--runtime', 'stub'],
    {
      readFile: (name) => (name === 'roofline.ts' ? source : null),
      writeFile: (_name, contents) => {
        if (typeof contents !== 'string') bytes = contents;
      },
      listFiles: () => [],
    },
  );
  if (error || bytes === undefined) throw new Error(`roofline.as: ${error?.message} ${stderr.toString()}`);
  const { exports } = new wasm.Instance(new wasm.Module(bytes), { env: { memory } });
  if (!isLimits(exports)) throw new Error('roofline.as lacks a function');
  return exports;
}

function isLimits(exports: object): exports is Limits {
  return ['integers', 'floats', 'rows'].every((name) => name in exports);
}
