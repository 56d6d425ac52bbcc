import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';

const PEERS = ['rxjs', '@tensorflow/tfjs-core'];

/** A figure of a benchmark, with its goal where there is one. */
export interface Figure {
  readonly what: string;
  readonly value: number;
  readonly unit: string;
  readonly goal?: string;
  /** The least and the most of the rounds, of which `value` is the median. */
  readonly spread?: readonly [number, number];
}

/** What a result file holds besides. */
export interface Details {
  /** Of what else took part. */
  readonly versions?: Readonly<Record<string, string>>;
  readonly [field: string]: unknown;
}

/** Prints the figures of a benchmark and writes them to `bench/results/NAME.json`, with versions and machine. */
export function report(name: string, about: string, figures: readonly Figure[], details: Details = {}): void {
  show(name, about, figures);
  const { versions, ...rest } = details;
  const results = new URL('./results/', import.meta.url);
  mkdirSync(results, { recursive: true });
  const record = {
    name,
    about,
    date: new Date().toISOString().slice(0, 10),
    machine: machine(versions),
    figures,
    ...rest,
  };
  writeFileSync(new URL(`${name}.json`, results), `${JSON.stringify(record, null, 2)}\n`);
}

/** Prints the figures of a benchmark. */
export function show(name: string, about: string, figures: readonly Figure[]): void {
  console.log(`\n${name}: ${about}`);
  for (const { what, value, unit, goal, spread } of figures) {
    const range = spread ? `   ${spread.map(format).join(' to ')}` : '';
    console.log(`  ${what.padEnd(64)} ${format(value).padStart(10)} ${unit}${range}${goal ? `   (goal ${goal})` : ''}`);
  }
}

/** The value in the middle. */
export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/** The value below which the given part of the values lies. */
export function quantile(values: readonly number[], part: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))] ?? Number.NaN;
}

/** Seconds that `work` takes. */
export async function seconds(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return (performance.now() - start) / 1000;
}

/** A number as people read it. */
export function format(value: number): string {
  if (Math.abs(value) >= 1000) return Math.round(value).toLocaleString('en');
  return value.toFixed(Math.abs(value) < 10 ? 3 : 1);
}

function machine(versions: Readonly<Record<string, string>> = {}): object {
  return {
    node: process.version,
    platform: `${process.platform}-${process.arch}`,
    cpu: cpus()[0]?.model,
    cores: cpus().length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    versions: { ...Object.fromEntries(PEERS.map((name) => [name, versionOf(name)])), ...versions },
  };
}

/** Of a package that is installed here. */
export function versionOf(name: string): string {
  const file = new URL(`../node_modules/${name}/package.json`, import.meta.url);
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
}
