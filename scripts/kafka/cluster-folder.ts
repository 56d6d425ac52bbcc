import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Failure } from './failure.ts';
import { format, kafkaId } from './format.ts';
import type { Installation } from './installation.ts';
import type { Kit } from './jars.ts';
import { type Certificate, certificateIn } from './pem.ts';
import { freePort } from './ports.ts';
import { checkSasl, type NodePorts, type Sasl, serverProperties } from './properties.ts';

export interface ClusterOptions {
  /** How many brokers, each a controller too. @default 1 */
  readonly nodes?: number;
  /** Where the brokers listen, one each. @default free ports, or those that the data was used with before */
  readonly ports?: readonly number[];
  /**
   * Where the data lies. It is kept, with its ports: a cluster started there again, after a stop or a kill, is the same.
   *
   * @default a temporary folder, which goes with `remove()` or with this process
   */
  readonly dataDir?: string;
  /** @default false */
  readonly autoCreateTopics?: boolean;
  /** Of a topic for which no number was asked. @default 1 */
  readonly partitions?: number;
  /** Properties of the broker; they win over ours. */
  readonly properties?: Readonly<Record<string, string | number | boolean>>;
  /** A second listener, with TLS. @default false */
  readonly tls?: boolean;
  /** A second listener, with logins: the same one, where there is TLS too. */
  readonly sasl?: Sasl;
  /** Of each JVM, as Java's `-Xmx` has it. @default '256m' */
  readonly heap?: string;
  /** Within how many ms each node has to be up. @default 60,000 */
  readonly startWithin?: number;
  /** Hears each line that a broker logs. */
  readonly onLog?: (line: string) => void;
}

/** A folder from which the nodes of a cluster can be started. */
export interface ClusterFolder {
  readonly nodes: readonly NodeSetup[];
  readonly certificate: Certificate | undefined;
}

interface NodeSetup extends NodePorts {
  /** Its `server.properties`. */
  readonly file: string;
}

/** What is needed to start again on the same data. */
interface State {
  readonly version: string;
  readonly clusterId: string;
  readonly nodes: readonly NodePorts[];
}

/**
 * Writes the settings of each node into a folder and formats its data; what is there already is taken up.
 *
 * @throws Failure where the options do not fit together, or do not fit what is there
 */
export async function setUp(
  folder: string,
  { kit, java }: Installation,
  options: ClusterOptions,
): Promise<ClusterFolder> {
  check(options);
  await mkdir(folder, { recursive: true });
  const { clusterId, nodes } = await stateIn(folder, kit, options);
  const certificate = options.tls ? await certificateIn(join(folder, 'tls')) : undefined;
  const { autoCreateTopics = false, partitions = 1, sasl, properties = {} } = options;
  const setups: NodeSetup[] = [];
  for (const node of nodes) {
    const data = join(folder, `node${node.id}`);
    const file = `${data}.properties`;
    const settings = { version: kit.version, node, nodes, data, autoCreateTopics, partitions, sasl, properties };
    const text = serverProperties({ ...settings, keyStore: certificate?.keyStore });
    await writeFile(file, text, { mode: 0o600 }); // it has the passwords
    await format({ kit, java }, { nodeId: node.id, clusterId, data, file, sasl });
    setups.push({ ...node, file });
  }
  return { nodes: setups, certificate };
}

function check({ nodes = 1, ports, sasl }: ClusterOptions): void {
  if (!Number.isSafeInteger(nodes) || nodes < 1)
    throw new Failure(`expected a number of nodes, at least 1, got ${nodes}`);
  if (ports !== undefined && ports.length !== nodes)
    throw new Failure(`expected a port for each of ${nodes} nodes, got ${ports.length}`);
  if (sasl !== undefined) checkSasl(sasl);
}

/** Takes up what lies in a folder, or begins anew there. */
async function stateIn(folder: string, { version }: Kit, { nodes, ports }: ClusterOptions): Promise<State> {
  const file = join(folder, 'cluster.json');
  const before = await readFile(file, 'utf8').catch(() => undefined);
  const known: State = before === undefined ? await newState(version, nodes ?? 1) : JSON.parse(before);
  if (known.version !== version || known.nodes.length !== (nodes ?? known.nodes.length))
    throw new Failure(
      `the data in ${folder} is that of Kafka ${known.version} with ${known.nodes.length} node(s): start it as such, or take another folder`,
    );
  const state = { ...known, nodes: known.nodes.map((node, i) => ({ ...node, port: ports?.[i] ?? node.port })) };
  await writeFile(file, JSON.stringify(state));
  return state;
}

async function newState(version: string, count: number): Promise<State> {
  const taken = new Set<number>();
  const another = async () => {
    const port = await freePort(taken);
    taken.add(port);
    return port;
  };
  const nodes: NodePorts[] = [];
  for (let id = 1; id <= count; id++)
    nodes.push({ id, port: await another(), controllerPort: await another(), securePort: await another() });
  return { version, clusterId: kafkaId(), nodes };
}
