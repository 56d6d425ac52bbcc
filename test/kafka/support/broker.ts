import type { Cluster } from '../../../scripts/kafka/cluster.ts';
import { whyNoBroker } from '../../../scripts/kafka/installation.ts';
import { startBroker } from '../../../scripts/kafka/start.ts';

/** Generous for a busy machine: a test that hangs should say where, and one that is slow should pass. */
const START_WITHIN = 120_000;

let shared: Promise<Cluster> | undefined;

/**
 * One broker for the whole run of mocha: started by the first `before` hook that asks, removed after the last test. For
 * tests that leave it alone: those that kill or fill it start their own.
 *
 * @example
 * let broker: Cluster;
 * before(async function () {
 *   broker = await sharedBroker(this);
 * });
 */
export async function sharedBroker(context: Mocha.Context): Promise<Cluster> {
  await requireKafka(context);
  shared ??= startBroker();
  return shared;
}

/**
 * Skips the tests of a suite where no broker can be started, and says why; with `LOCKSTEP_REQUIRE_KAFKA=1` they fail.
 * Gives the hook that calls it time to start brokers.
 */
export async function requireKafka(context: Mocha.Context): Promise<void> {
  context.timeout(START_WITHIN);
  const reason = await whyNoBroker();
  if (reason === undefined) return;
  if (process.env.LOCKSTEP_REQUIRE_KAFKA === '1') throw new Error(reason);
  console.warn(`skipped: ${reason}`);
  context.skip();
}

// A root hook: mocha's files are loaded when it is registered, whoever imports this first.
after(async () => {
  await (await shared)?.remove();
});
