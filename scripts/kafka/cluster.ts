import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type ClusterOptions, setUp } from './cluster-folder.ts';
import { Failure } from './failure.ts';
import type { Installation } from './installation.ts';
import { loggingFlags } from './jars.ts';
import { BrokerNode } from './node.ts';
import { brokersSeenBy, HOST } from './ports.ts';
import type { Finished, RunOptions } from './processes.ts';
import { type Scratch, scratchFolder } from './scratch.ts';
import { runTool } from './tools.ts';

/** A running cluster: one broker or several, on this machine. */
export interface Cluster {
  readonly version: string;
  /** Where data and settings lie. */
  readonly folder: string;
  /** Addresses for clients, with commas between them, without TLS or login. */
  readonly bootstrap: string;
  /** Addresses of the second listener, where there is one. */
  readonly secureBootstrap: string | undefined;
  /** The certificate that clients of the second listener have to trust, as PEM, where there is TLS. */
  readonly ca: string | undefined;
  /** The file with that certificate. */
  readonly caFile: string | undefined;
  readonly nodes: readonly BrokerNode[];
  /** Stops all nodes cleanly. Of several, the last lack a quorum, which takes them some seconds. */
  stop(): Promise<void>;
  /** Ends all nodes with SIGKILL. */
  kill(): Promise<void>;
  /** Starts the nodes that do not run, on their data and ports, and waits until each sees all. */
  start(): Promise<void>;
  /** `stop()`, then `start()`. */
  restart(): Promise<void>;
  /** `kill()`, and removes the data, unless it lies in a folder of the caller's. */
  remove(): Promise<void>;
  /** Runs one of Kafka's own tools: its name without `kafka-`, or a class. `--bootstrap-server` is up to the caller. */
  tool(name: string, args: readonly string[], options?: RunOptions): Promise<Finished>;
}

const POLL = 50;
/** How long nodes that are up may take to see each other, in ms. */
const MEETING = 30_000;

/**
 * Sets up a cluster and starts it.
 *
 * @param flags for the JVMs of the brokers
 */
export async function launch(
  installation: Installation,
  options: ClusterOptions,
  flags: readonly string[],
): Promise<Cluster> {
  const scratch = options.dataDir === undefined ? await scratchFolder() : undefined;
  let cluster: Cluster | undefined;
  try {
    cluster = await clusterOf(installation, options, flags, scratch);
    await cluster.start();
    return cluster;
  } catch (error) {
    await (cluster ?? scratch)?.remove();
    throw error;
  }
}

async function clusterOf(
  installation: Installation,
  options: ClusterOptions,
  flags: readonly string[],
  scratch: Scratch | undefined,
): Promise<Cluster> {
  const { dataDir = '', tls = false, sasl, heap = '256m', startWithin = 60_000, onLog } = options;
  const { kit, java } = installation;
  const folder = scratch?.folder ?? resolve(dataDir);
  const { nodes: setups, certificate } = await setUp(folder, installation, options);
  const secure = tls || sasl !== undefined;
  const nodes = setups.map(({ file, ...ports }) => {
    const args = [
      ...[`-Xmx${heap}`, '-Xms64m', '-XX:+UseSerialGC', '-Djava.awt.headless=true', ...flags],
      ...[...loggingFlags(kit, 'WARN'), '-cp', kit.classpath, 'kafka.Kafka', file],
    ];
    return new BrokerNode({
      ...ports,
      securePort: secure ? ports.securePort : undefined,
      command: [java.command, args],
      onLog,
    });
  });

  const stop = async () => {
    await Promise.all(nodes.map((node) => node.stop()));
  };
  const kill = async () => {
    await Promise.all(nodes.map((node) => node.kill()));
  };
  const start = async () => {
    await Promise.all(nodes.filter(({ running }) => !running).map((node) => node.start({ within: startWithin })));
    await untilAllMet(nodes);
  };
  return {
    version: kit.version,
    folder,
    bootstrap: nodes.map(({ port }) => `${HOST}:${port}`).join(','),
    secureBootstrap: secure ? nodes.map(({ securePort }) => `${HOST}:${securePort}`).join(',') : undefined,
    ca: certificate?.ca,
    caFile: certificate?.file,
    nodes,
    stop,
    kill,
    start,
    restart: async () => {
      await stop();
      await start();
    },
    remove: async () => {
      await kill();
      await scratch?.remove();
    },
    tool: (name, args, runOptions) => runTool(installation, name, args, runOptions),
  };
}

/** A node that is up may not have been told of the others yet, nor they of it. */
async function untilAllMet(nodes: readonly BrokerNode[]): Promise<void> {
  const deadline = Date.now() + MEETING;
  for (;;) {
    const seen = await Promise.all(nodes.map(({ port }) => brokersSeenBy(port)));
    if (seen.every((count) => count >= nodes.length)) return;
    if (Date.now() > deadline)
      throw new Failure(`the ${nodes.length} brokers saw only ${seen.join(', ')} of each other within ${MEETING} ms`);
    await sleep(POLL);
  }
}
