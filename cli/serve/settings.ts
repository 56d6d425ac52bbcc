import { usualInFlight } from '../../src/kafka/source-options.ts';
import type { BackendPreference } from '../../src/subtasks/backend.ts';
import { broker, choice, count, duration, flag, type Kind, list, port, text, topic } from './kinds.ts';

/** How much is logged. */
export type LogLevel = 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'silent';

/** How a client proves who it is. */
type SaslMechanism = 'plain' | 'scram-sha-256' | 'scram-sha-512';

/** Everything that `lockstep serve` can be told. Times are in milliseconds. */
export interface ServeSettings {
  readonly brokers: readonly string[];
  readonly clientId: string;
  /** Where nothing is said: whether something is said of certificates. */
  readonly ssl: boolean;
  readonly sslCa: string | undefined;
  readonly sslCert: string | undefined;
  readonly sslKey: string | undefined;
  readonly sslRejectUnauthorized: boolean;
  readonly saslMechanism: SaslMechanism | undefined;
  readonly username: string | undefined;
  readonly password: string | undefined;
  readonly group: string;
  readonly in: readonly string[];
  readonly out: string;
  readonly deadLetters: string | undefined;
  readonly exactlyOnce: boolean;
  readonly sessionTimeout: number;
  readonly text: boolean;
  readonly field: string | undefined;
  readonly id: string | undefined;
  /** Undefined: the one for the script of each text. */
  readonly model: string | undefined;
  readonly backend: BackendPreference | undefined;
  readonly clock: number;
  readonly batch: number;
  readonly inFlight: number;
  readonly drain: number;
  readonly http: boolean;
  readonly port: number;
  /** Undefined: all addresses of this machine. */
  readonly host: string | undefined;
  /** Undefined: pretty on a terminal, else JSON. */
  readonly log: 'json' | 'pretty' | undefined;
  readonly logLevel: LogLevel;
  readonly logDocuments: boolean;
}

/** The name of a setting. */
export type SettingName = keyof ServeSettings;

/** Where a setting may be given, and what it may be. */
export interface Setting<T> {
  readonly kind: Kind<T>;
  /** Its path in a configuration file; without one it stands in none, for it is a secret. */
  readonly key?: string;
  readonly variable: string;
  /** The option, as commander reads it. Its name is that of the setting. */
  readonly option?: string;
  readonly help: string;
  readonly required?: boolean;
  /** Also read from the file that `${variable}_FILE` names, as Docker and Kubernetes hand out secrets. */
  readonly fromFile?: boolean;
}

/** What holds where nothing is said; what is required is empty. */
export const DEFAULTS: ServeSettings = {
  brokers: [],
  clientId: 'lockstep',
  ssl: false,
  sslCa: undefined,
  sslCert: undefined,
  sslKey: undefined,
  sslRejectUnauthorized: true,
  saslMechanism: undefined,
  username: undefined,
  password: undefined,
  group: '',
  in: [],
  out: '',
  deadLetters: undefined,
  exactlyOnce: false,
  sessionTimeout: 30_000,
  text: false,
  field: undefined,
  id: undefined,
  model: undefined,
  backend: undefined,
  clock: 5,
  batch: 64,
  inFlight: usualInFlight(false),
  // Kubernetes kills 30 s after SIGTERM: by then we want to have left the group as well.
  drain: 25_000,
  http: true,
  port: 8080,
  host: undefined,
  log: undefined,
  logLevel: 'info',
  logDocuments: false,
};

/** All settings, in the order in which they are shown. */
export const SETTINGS: { readonly [N in SettingName]: Setting<NonNullable<ServeSettings[N]>> } = {
  brokers: {
    kind: list(broker, 'brokers as host:port'),
    key: 'kafka.brokers',
    variable: 'LOCKSTEP_KAFKA_BROKERS',
    option: '--brokers <host:port,...>',
    help: 'brokers to begin with',
    required: true,
  },
  clientId: {
    kind: text,
    key: 'kafka.clientId',
    variable: 'LOCKSTEP_KAFKA_CLIENT_ID',
    help: 'what the brokers know us as (default: lockstep)',
  },
  ssl: {
    kind: { ...flag, expected: 'true, false, or a map of ca, cert, key and rejectUnauthorized' },
    key: 'kafka.ssl',
    variable: 'LOCKSTEP_KAFKA_SSL',
    help: 'encrypt: true, or a map of the following',
  },
  sslCa: {
    kind: text,
    key: 'kafka.ssl.ca',
    variable: 'LOCKSTEP_KAFKA_SSL_CA',
    help: 'file with who signs the certificates of brokers',
  },
  sslCert: {
    kind: text,
    key: 'kafka.ssl.cert',
    variable: 'LOCKSTEP_KAFKA_SSL_CERT',
    help: 'file with our certificate',
  },
  sslKey: {
    kind: text,
    key: 'kafka.ssl.key',
    variable: 'LOCKSTEP_KAFKA_SSL_KEY',
    help: 'file with the key of our certificate',
  },
  sslRejectUnauthorized: {
    kind: flag,
    key: 'kafka.ssl.rejectUnauthorized',
    variable: 'LOCKSTEP_KAFKA_SSL_REJECT_UNAUTHORIZED',
    help: 'refuse brokers with bad ones (default: true)',
  },
  saslMechanism: {
    kind: choice<SaslMechanism>('plain', 'scram-sha-256', 'scram-sha-512'),
    key: 'kafka.sasl.mechanism',
    variable: 'LOCKSTEP_KAFKA_SASL_MECHANISM',
    help: 'plain, scram-sha-256 or scram-sha-512',
  },
  username: {
    kind: text,
    key: 'kafka.sasl.username',
    variable: 'LOCKSTEP_KAFKA_USERNAME',
    help: 'LOCKSTEP_KAFKA_USERNAME, or its _FILE',
    fromFile: true,
  },
  password: { kind: text, variable: 'LOCKSTEP_KAFKA_PASSWORD', help: 'the password for that', fromFile: true },
  group: {
    kind: text,
    key: 'group',
    variable: 'LOCKSTEP_GROUP',
    option: '--group <name>',
    help: 'consumer group; processes of one group share the partitions',
    required: true,
  },
  in: {
    kind: list(topic, 'names of topics'),
    key: 'in',
    variable: 'LOCKSTEP_IN',
    option: '--in <topic,...>',
    help: 'topics to read documents from',
    required: true,
  },
  out: {
    kind: topic,
    key: 'out',
    variable: 'LOCKSTEP_OUT',
    option: '--out <topic>',
    help: 'topic to write verdicts to',
    required: true,
  },
  deadLetters: {
    kind: topic,
    key: 'deadLetters',
    variable: 'LOCKSTEP_DEAD_LETTERS',
    option: '--dead-letters <topic>',
    help: 'topic for records that cannot be labelled',
  },
  exactlyOnce: {
    kind: flag,
    key: 'exactlyOnce',
    variable: 'LOCKSTEP_EXACTLY_ONCE',
    option: '--exactly-once',
    help: 'write verdicts and offsets in transactions',
  },
  sessionTimeout: {
    kind: duration,
    key: 'sessionTimeout',
    variable: 'LOCKSTEP_SESSION_TIMEOUT',
    option: '--session-timeout <time>',
    help: 'after so long without a sign of life our partitions go to others (default: 30s)',
  },
  text: {
    kind: flag,
    key: 'text',
    variable: 'LOCKSTEP_TEXT',
    option: '--text',
    help: 'the value of a record is the text itself',
  },
  field: {
    kind: text,
    key: 'field',
    variable: 'LOCKSTEP_FIELD',
    option: '--field <name>',
    help: 'the field with the text; a.b leads into fields within fields (default: "text")',
  },
  id: {
    kind: text,
    key: 'id',
    variable: 'LOCKSTEP_ID',
    option: '--id <name>',
    help: 'the field with the identity (default: "id")',
  },
  model: {
    kind: text,
    key: 'model',
    variable: 'LOCKSTEP_MODEL',
    option: '-m, --model <folder>',
    help: 'an ensemble: a folder, or the name of a shipped one (zh-topics, en-news)',
  },
  backend: {
    kind: choice<BackendPreference>('auto', 'compiled', 'native', 'wasm', 'cpu'),
    key: 'backend',
    variable: 'LOCKSTEP_BACKEND',
    option: '--backend <name>',
    help: 'auto, compiled, or a tensor backend: native, wasm or cpu (default: the best there is)',
  },
  clock: {
    kind: duration,
    key: 'clock',
    variable: 'LOCKSTEP_CLOCK',
    option: '--clock <period>',
    help: 'time from edge to edge of the clock (default: 5ms)',
  },
  batch: {
    kind: count,
    key: 'batch',
    variable: 'LOCKSTEP_BATCH',
    option: '--batch <documents>',
    help: 'documents a batch, at most (default: 64)',
  },
  inFlight: {
    kind: count,
    key: 'inFlight',
    variable: 'LOCKSTEP_IN_FLIGHT',
    option: '--in-flight <documents>',
    help: 'documents between reading and confirmation, at most (default: 1024; 4096 with --exactly-once)',
  },
  drain: {
    kind: duration,
    key: 'drain',
    variable: 'LOCKSTEP_DRAIN',
    option: '--drain <time>',
    help: 'how long to finish what is in flight when asked to stop (default: 25s)',
  },
  http: {
    kind: flag,
    key: 'http',
    variable: 'LOCKSTEP_HTTP',
    option: '--no-http',
    help: 'answer no HTTP requests',
  },
  port: {
    kind: port,
    key: 'port',
    // Not LOCKSTEP_PORT: in a cluster with a service named lockstep, Kubernetes sets that to an address.
    variable: 'LOCKSTEP_LISTEN_PORT',
    option: '--port <number>',
    help: 'port for /live, /ready and /metrics; 0 for any (default: 8080)',
  },
  host: {
    kind: text,
    key: 'host',
    variable: 'LOCKSTEP_LISTEN_HOST',
    option: '--host <address>',
    help: 'address to answer on (default: all of this machine)',
  },
  log: {
    kind: choice<'json' | 'pretty'>('json', 'pretty'),
    key: 'log',
    variable: 'LOCKSTEP_LOG',
    option: '--log <format>',
    help: 'json or pretty (default: pretty on a terminal, else json)',
  },
  logLevel: {
    kind: choice<LogLevel>('trace', 'debug', 'info', 'warn', 'error', 'silent'),
    key: 'logLevel',
    variable: 'LOCKSTEP_LOG_LEVEL',
    option: '--log-level <level>',
    help: 'trace, debug, info, warn, error or silent (default: info)',
  },
  logDocuments: {
    kind: flag,
    key: 'logDocuments',
    variable: 'LOCKSTEP_LOG_DOCUMENTS',
    option: '--log-documents',
    help: 'show the text of dead letters, and why, in the log',
  },
};

/** `--dead-letters` of `-d, --dead-letters <topic>`. */
export function longOption(option: string): string {
  return /--[\w-]+/.exec(option)?.[0] ?? option;
}

/** Every place in which a setting may be given, for a message. */
export function everywhere({ option, variable, key, fromFile }: Omit<Setting<unknown>, 'kind'>): string {
  const places = [option && longOption(option), variable, fromFile && `${variable}_FILE`, key && `the key ${key}`];
  return places
    .filter(Boolean)
    .join(', ')
    .replace(/, (?=[^,]*$)/, ' or ');
}
