import { archiveFlags } from './archive.ts';
import { type Cluster, launch } from './cluster.ts';
import type { ClusterOptions } from './cluster-folder.ts';
import { install } from './installation.ts';
import type { KitOptions } from './jars.ts';

export interface BrokerOptions extends Omit<ClusterOptions, 'nodes' | 'ports'>, KitOptions {
  /** @default a free port, or the one that the data was used with before */
  readonly port?: number;
}

/**
 * Starts a real Apache Kafka in KRaft mode on this machine, and waits until it is up: 2 to 4 s, once its jars are there.
 * It ends with this process.
 *
 * @throws Failure where Java or Maven is missing, a port is taken, or Kafka does not come up
 *
 * @example
 * const broker = await startBroker();
 * const kafka = new Kafka({ brokers: [broker.bootstrap] });
 * await broker.remove();
 */
export function startBroker({ port, ...options }: BrokerOptions = {}): Promise<Cluster> {
  return startCluster({ ...options, nodes: 1, ...(port !== undefined && { ports: [port] }) });
}

/** As {@link startBroker}, of several nodes: topics are in three copies, two of which have to be there to write. */
export async function startCluster(options: ClusterOptions & KitOptions = {}): Promise<Cluster> {
  const installation = await install(options);
  return launch(installation, options, await archiveFlags(installation, options));
}
