import { once } from 'node:events';
import { archiveFlags } from './archive.ts';
import { HELP, type KafkaCommand, parseCommand, type StartCommand, type ToolCommand } from './arguments.ts';
import type { Cluster } from './cluster.ts';
import { Failure } from './failure.ts';
import { install } from './installation.ts';
import { freePort, isFree } from './ports.ts';
import { runHere } from './processes.ts';
import { secureProtocol } from './properties.ts';
import { startCluster } from './start.ts';
import { toolArguments } from './tools.ts';
import { createTopics } from './topics.ts';

/** Where the command says something, and hears that it is to stop. */
export interface Terminal {
  readonly print: (text: string) => void;
  /** For what is not the result. */
  readonly note: (text: string) => void;
  readonly signal: AbortSignal;
}

/** The topics of the example, and their partitions. */
export const TOPICS: Readonly<Record<string, number>> = { documents: 6, verdicts: 6, 'dead-letters': 1 };

const USUAL_PORT = 9092;

/** Runs `npm run kafka`, and gives the exit code. */
export async function main(argv: readonly string[], terminal: Terminal): Promise<number> {
  try {
    return await run(parseCommand(argv), terminal);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    terminal.note(`kafka: ${error.message}`);
    return 1;
  }
}

async function run(command: KafkaCommand, terminal: Terminal): Promise<number> {
  switch (command.kind) {
    case 'help':
      terminal.print(HELP);
      return 0;
    case 'resolve':
      return resolve(command.version, terminal);
    case 'tool':
      return runTool(command, terminal);
    case 'start':
      return start(command, terminal);
  }
}

async function resolve(version: string | undefined, { print, note }: Terminal): Promise<number> {
  const options = { ...(version !== undefined && { version }), onProgress: note };
  const installation = await install(options);
  await archiveFlags(installation, options);
  print(installation.kit.folder);
  return 0;
}

async function runTool({ version, name, args }: ToolCommand, { note, signal }: Terminal): Promise<number> {
  const { kit, java } = await install({ ...(version !== undefined && { version }), onProgress: note });
  return runHere(java.command, toolArguments(kit, name, args), signal);
}

async function start(command: StartCommand, terminal: Terminal): Promise<number> {
  const { nodes, dataDir, version, tls, users, properties } = command;
  const stopped = aborted(terminal.signal);
  const starting = startCluster({
    nodes,
    ports: await choosePorts(command, terminal.note),
    tls,
    properties,
    onProgress: terminal.note,
    ...(dataDir !== undefined && { dataDir }),
    ...(version !== undefined && { version }),
    ...(Object.keys(users).length > 0 && { sasl: { users } }),
  });
  const cluster = await Promise.race([starting, stopped]);
  if (cluster === undefined) return 0; // what was begun ends with this process
  try {
    await createTopics(
      cluster.bootstrap,
      Object.entries(TOPICS).map(([topic, numPartitions]) => ({ topic, numPartitions })),
    );
    for (const line of guide(cluster, command)) terminal.print(line);
    const ended = await Promise.race([stopped, ...cluster.nodes.map(async (node) => node.exit.then(() => node))]);
    if (ended !== undefined)
      throw new Failure(`node ${ended.id} ended by itself. Its last lines:\n${ended.log.slice(-20).join('\n')}`);
    return 0;
  } finally {
    if (dataDir !== undefined) await cluster.stop();
    await cluster.remove();
  }
}

/**
 * The port that was asked for and those after it; without one the usual port, or free ones where that is taken.
 *
 * @throws Failure where a port that was asked for is taken
 */
export async function choosePorts(
  { nodes, port }: Pick<StartCommand, 'nodes' | 'port'>,
  note: (text: string) => void,
  free: (port: number) => Promise<boolean> = isFree,
): Promise<number[]> {
  const wanted = Array.from({ length: nodes }, (_, i) => (port ?? USUAL_PORT) + i);
  const vacant = await Promise.all(wanted.map(free));
  const taken = wanted.find((_, i) => !vacant[i]);
  if (taken === undefined) return wanted;
  if (port !== undefined) throw new Failure(`port ${taken} is taken: give another --port, or none`);
  note(`Port ${taken} is taken: taking a free one`);
  const ports = new Set<number>();
  while (ports.size < nodes) ports.add(await freePort(ports, free));
  return [...ports];
}

/** How to go on from here. Without passwords. */
export function guide(
  {
    version,
    bootstrap,
    secureBootstrap,
    caFile,
  }: Pick<Cluster, 'version' | 'bootstrap' | 'secureBootstrap' | 'caFile'>,
  { dataDir, tls, users }: Pick<StartCommand, 'dataDir' | 'tls' | 'users'>,
): string[] {
  const names = Object.keys(users);
  const logins = names.length > 0 ? `, SASL PLAIN for ${names.join(', ')}` : '';
  const topics = Object.entries(TOPICS).map(([topic, partitions]) => `${topic} (${partitions})`);
  return [
    `Kafka ${version} is up at ${bootstrap}`,
    ...(secureBootstrap === undefined
      ? []
      : [`and at ${secureBootstrap} with ${secureProtocol(tls, names.length > 0)}${logins}`]),
    ...(caFile === undefined ? [] : [`its clients have to trust ${caFile}`]),
    `Topics, and their partitions: ${topics.join(', ')}`,
    '',
    'To try it, each in a terminal of its own:',
    `  BROKERS=${bootstrap} node --import tsx examples/kafka/produce.ts`,
    `  npm run lockstep -- serve --brokers ${bootstrap} --group labels --in documents --out verdicts --dead-letters dead-letters`,
    `  npm run kafka -- tool console-consumer --bootstrap-server ${bootstrap} --topic verdicts --from-beginning`,
    '',
    dataDir === undefined ? 'Ctrl-C stops it; its data goes too.' : `Ctrl-C stops it; its data stays in ${dataDir}.`,
  ];
}

async function aborted(signal: AbortSignal): Promise<undefined> {
  if (!signal.aborted) await once(signal, 'abort');
  return undefined;
}
