import { startBroker } from '../../../scripts/kafka/start.ts';
import { type ChaosOptions, conduct } from './conductor.ts';
import type { Done } from './disturber.ts';
import type { Departure } from './fleet.ts';
import { type Judgement, judge } from './judge.ts';

/** A chaos run, and what the judge says. */
export interface ChaosReport {
  readonly mode: ChaosOptions['mode'];
  readonly seed: number;
  readonly kafka: string;
  readonly documents: number;
  readonly partitions: number;
  /** Seconds from the first document to the commit of the last. */
  readonly seconds: number;
  readonly judgement: Judgement;
  readonly disturbances: readonly Done[];
  /** With their last words, if they ended by themselves. */
  readonly workers: readonly (Omit<Departure, 'lastWords'> & { readonly lastWords?: string })[];
}

/** Runs documents through workers on a broker of its own while everything is disturbed, and has the outcome judged. */
export async function chaos(options: ChaosOptions): Promise<ChaosReport> {
  const broker = await startBroker();
  try {
    const run = await conduct(broker, options);
    const judgement = await judge(broker, run);
    const { mode, documents, partitions, seconds, disturbances, departures } = run;
    const { seed } = options;
    const workers = departures.map(({ lastWords, ...departure }) =>
      departure.asked ? departure : { ...departure, lastWords },
    );
    const kafka = broker.version;
    return { mode, seed, kafka, documents, partitions, seconds, judgement, disturbances, workers };
  } finally {
    await broker.remove();
  }
}
