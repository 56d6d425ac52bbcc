import { Failure } from './failure.ts';
import { isKafka3 } from './jars.ts';
import { HOST } from './ports.ts';

/** Who may log in at the second listener. */
export interface Sasl {
  /** Passwords by user. */
  readonly users: Readonly<Record<string, string>>;
  /**
   * Also take SCRAM-SHA-256 and SCRAM-SHA-512, not PLAIN alone. Its users are written when the data is first made: later
   * changes reach PLAIN only.
   *
   * @default false
   */
  readonly scram?: boolean;
}

/** Of one node. */
export interface NodePorts {
  /** From 1. */
  readonly id: number;
  readonly port: number;
  readonly controllerPort: number;
  /** Of the second listener, with TLS or SASL; taken only where one is asked for. */
  readonly securePort: number;
}

export interface NodeSettings {
  readonly version: string;
  readonly node: NodePorts;
  /** All nodes, this one among them. */
  readonly nodes: readonly NodePorts[];
  /** The folder of its data. */
  readonly data: string;
  readonly autoCreateTopics: boolean;
  /** Of a topic for which no number was asked. */
  readonly partitions: number;
  /** The file with key and certificate, for TLS. */
  readonly keyStore?: string | undefined;
  readonly sasl?: Sasl | undefined;
  /** These win. */
  readonly properties: Readonly<Record<string, string | number | boolean>>;
}

type Properties = Readonly<Record<string, string | number | boolean>>;

export type Protocol = 'SSL' | 'SASL_PLAINTEXT' | 'SASL_SSL';

const PLAIN = 'org.apache.kafka.common.security.plain.PlainLoginModule required';
const SCRAM = 'org.apache.kafka.common.security.scram.ScramLoginModule required;';
/** What needs no quoting in Kafka's login settings, nor in the arguments of its tools. */
const SAFE = /^[\w.!#$%&*+/:@^~-]+$/;

/** The protocol of the second listener, if there is one. */
export function secureProtocol(tls: boolean, sasl: boolean): Protocol | undefined {
  if (tls) return sasl ? 'SASL_SSL' : 'SSL';
  return sasl ? 'SASL_PLAINTEXT' : undefined;
}

/** @throws Failure where a name or a password has a character that Kafka would have to be given in quotes */
export function checkSasl({ users }: Sasl): void {
  for (const word of Object.entries(users).flat())
    if (!SAFE.test(word)) throw new Failure('users and passwords may have letters, digits and .!#$%&*+/:@^~_- only');
}

/** The text of a node's `server.properties`: small, quick to start, quick to notice that somebody is gone. */
export function serverProperties(settings: NodeSettings): string {
  const { version, keyStore, sasl, properties } = settings;
  return propertiesText({
    ...listeners(settings),
    ...replication(settings),
    ...QUICK,
    ...(isKafka3(version) ? {} : shareCoordinator(settings)),
    ...(keyStore === undefined ? {} : tlsProperties(keyStore)),
    ...(sasl === undefined ? {} : saslProperties(sasl)),
    ...properties,
  });
}

/** Java's format: a backslash begins an escape, and what is not ASCII needs one. */
export function propertiesText(properties: Properties): string {
  const escaped = (text: string) =>
    text
      .replaceAll('\\', '\\\\')
      .replaceAll('\n', '\\n')
      .replaceAll(/[^\0-~]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
  return Object.entries(properties)
    .map(([key, value]) => `${escaped(key)}=${escaped(String(value))}\n`)
    .join('');
}

function listeners({ node, nodes, data, keyStore, sasl }: NodeSettings): Properties {
  const secure = secureProtocol(keyStore !== undefined, sasl !== undefined);
  const forClients = [
    `PLAINTEXT://${HOST}:${node.port}`,
    ...(secure === undefined ? [] : [`CLIENT://${HOST}:${node.securePort}`]),
  ];
  return {
    'process.roles': 'broker,controller',
    'node.id': node.id,
    'controller.quorum.voters': nodes.map(({ id, controllerPort }) => `${id}@${HOST}:${controllerPort}`).join(','),
    listeners: [...forClients, `CONTROLLER://${HOST}:${node.controllerPort}`].join(','),
    'advertised.listeners': forClients.join(','),
    'listener.security.protocol.map': [
      'PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT',
      ...(secure === undefined ? [] : [`CLIENT:${secure}`]),
    ].join(','),
    'controller.listener.names': 'CONTROLLER',
    'inter.broker.listener.name': 'PLAINTEXT',
    'log.dirs': data,
  };
}

function replication({ nodes, autoCreateTopics, partitions }: NodeSettings): Properties {
  const { copies, inSync } = copiesOn(nodes.length);
  const internal = nodes.length > 1 ? 3 : 1;
  return {
    'num.partitions': partitions,
    'auto.create.topics.enable': autoCreateTopics,
    'default.replication.factor': copies,
    'min.insync.replicas': inSync,
    'offsets.topic.replication.factor': copies,
    'offsets.topic.num.partitions': internal, // 50 by default, which makes the first join slow
    'transaction.state.log.replication.factor': copies,
    'transaction.state.log.min.isr': inSync,
    'transaction.state.log.num.partitions': internal,
  };
}

/** Settings beside the defaults of Kafka, which are in the comments. Times in ms, sizes in bytes. */
const QUICK: Properties = {
  'group.initial.rebalance.delay.ms': 0, // 3000
  'group.min.session.timeout.ms': 1_000, // 6000: lets a test notice a dead consumer sooner
  'transaction.abort.timed.out.transaction.cleanup.interval.ms': 1_000, // 10,000
  // How long a killed node is still thought alive, before which it may not register again.
  'broker.session.timeout.ms': 3_000, // 9000
  'broker.heartbeat.interval.ms': 500, // 2000
  'log.cleaner.dedupe.buffer.size': 4 << 20, // 128 MiB
  'log.segment.bytes': 16 << 20, // 1 GiB
  'offsets.topic.segment.bytes': 1 << 20,
  'transaction.state.log.segment.bytes': 1 << 20,
  'num.network.threads': 2,
  'num.io.threads': 4,
  'background.threads': 2,
  'num.replica.fetchers': 1,
};

/** Of Kafka 4's share groups. */
function shareCoordinator({ nodes }: NodeSettings): Properties {
  const { copies, inSync } = copiesOn(nodes.length);
  return {
    'share.coordinator.state.topic.replication.factor': copies,
    'share.coordinator.state.topic.min.isr': inSync,
    'share.coordinator.state.topic.num.partitions': 1,
  };
}

function tlsProperties(keyStore: string): Properties {
  return {
    'listener.name.client.ssl.keystore.type': 'PEM',
    'listener.name.client.ssl.keystore.location': keyStore,
  };
}

function saslProperties({ users, scram = false }: Sasl): Properties {
  const logins = Object.entries(users).map(([user, password]) => `user_${user}="${password}"`);
  return {
    'sasl.enabled.mechanisms': ['PLAIN', ...(scram ? ['SCRAM-SHA-256', 'SCRAM-SHA-512'] : [])].join(','),
    'listener.name.client.plain.sasl.jaas.config': `${PLAIN} ${logins.join(' ')};`,
    ...(scram && {
      'listener.name.client.scram-sha-256.sasl.jaas.config': SCRAM,
      'listener.name.client.scram-sha-512.sasl.jaas.config': SCRAM,
    }),
  };
}

function copiesOn(nodes: number): { readonly copies: number; readonly inSync: number } {
  return { copies: Math.min(3, nodes), inSync: nodes > 1 ? 2 : 1 };
}
