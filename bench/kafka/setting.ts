import type { Cluster } from '../../scripts/kafka/cluster.ts';
import { findJava } from '../../scripts/kafka/java.ts';
import { startBroker } from '../../scripts/kafka/start.ts';
import { type Details, type Figure, report, show, versionOf } from '../report.ts';

/** How large a run is. */
export interface Size {
  /** Part of the usual number of records and seconds: less than 1 to try whether everything works, and nothing is written. */
  readonly scale: number;
  /** @default as many as each benchmark has */
  readonly rounds: number | undefined;
}

/** Where a benchmark runs: a broker of its own, and how many records, seconds and rounds it is to take of its usual ones. */
export interface Setting {
  readonly broker: Cluster;
  readonly records: (usual: number) => number;
  readonly seconds: (usual: number) => number;
  readonly rounds: (usual: number) => number;
  /** Prints figures and writes them to `bench/results/kafka-NAME.json`. */
  readonly report: (name: string, about: string, figures: readonly Figure[], details?: Details) => void;
}

/** A benchmark. */
export type Benchmark = (setting: Setting) => Promise<void>;

/** Of every topic of documents or verdicts. */
export const PARTITIONS = 6;

/** tsx names each function that it compiles once more as it is made, which costs several per cent here: better measure the package. */
const MEASURED = import.meta.resolve('rx-lockstep').includes('/dist/')
  ? 'the built package'
  : 'the sources, through tsx';

/** Runs a benchmark on a broker that nobody has used before. */
export async function onFreshBroker(benchmark: Benchmark, { scale, rounds }: Size): Promise<void> {
  const java = await findJava();
  const broker = await startBroker({ onProgress: (text) => console.log(text) });
  try {
    await benchmark({
      broker,
      records: (usual) => Math.ceil(usual * scale),
      seconds: (usual) => usual * scale,
      rounds: (usual) => rounds ?? usual,
      report: (name, about, figures, details = {}) => {
        if (scale !== 1)
          return show(`kafka-${name}`, `${about} (${MEASURED}; a trial of ${scale}, not written)`, figures);
        const versions = {
          kafkajs: versionOf('kafkajs'),
          kafka: broker.version,
          java: java.version,
          ...details.versions,
        };
        report(`kafka-${name}`, about, figures, { measured: MEASURED, ...details, versions });
      },
    });
  } finally {
    await broker.remove();
  }
}
