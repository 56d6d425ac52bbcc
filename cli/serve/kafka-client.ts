import { readFile } from 'node:fs/promises';
import type { ConnectionOptions } from 'node:tls';
import type { ConsumerConfig, KafkaConfig, LogEntry, ProducerConfig, SASLOptions } from 'kafkajs';
import { LockstepError } from '../../src/errors.ts';
import type { Logger } from './logger.ts';
import { everywhere, SETTINGS, type ServeSettings, type SettingName } from './settings.ts';

/** kafkajs, which is installed only by those who need it. */
export type KafkaModule = typeof import('kafkajs');

/** What {@link clientConfig} needs to know of. */
type ClientSettings = Pick<ServeSettings, 'brokers' | 'clientId' | 'ssl' | 'sslCa' | 'sslCert' | 'sslKey'> &
  Pick<ServeSettings, 'sslRejectUnauthorized' | 'saslMechanism' | 'username' | 'password'>;

/** Tries again soon and for long: a broker that restarts is back within seconds. */
const RETRY = { initialRetryTime: 100, maxRetryTime: 1000, retries: 100 } as const;
const CONNECTION_TIMEOUT = 5000;
const AUTHENTICATION_TIMEOUT = 10_000;
/** How soon a consumer notices that it is to stop, or that the group is being divided anew. */
const MAX_WAIT = 500;
const HEARTBEATS_A_SESSION = 10;
const KIB = 1024;
const MIB = 1024 * KIB;
/** kafkajs says this for every producer that others than us make. */
const PARTITIONER_NOTICE = /switched default partitioner/;

/** @throws Error if it is not installed */
export async function importKafka(load: () => Promise<KafkaModule> = () => import('kafkajs')): Promise<KafkaModule> {
  try {
    return await load();
  } catch (cause) {
    const isMissing = cause instanceof Error && 'code' in cause && cause.code === 'ERR_MODULE_NOT_FOUND';
    if (!isMissing || !cause.message.includes("'kafkajs'")) throw cause;
    throw new Error('lockstep serve needs kafkajs, which is not installed here: npm install kafkajs', { cause });
  }
}

/**
 * How we connect, and what becomes of what kafkajs has to say.
 *
 * @throws LockstepError `INVALID_ARGUMENT` if the file of a certificate or key cannot be read
 */
export async function clientConfig(settings: ClientSettings, log: Logger): Promise<KafkaConfig> {
  const sasl = saslOf(settings);
  return {
    brokers: [...settings.brokers],
    clientId: settings.clientId,
    ssl: settings.ssl && (await tlsOf(settings)),
    ...(sasl && { sasl }),
    connectionTimeout: CONNECTION_TIMEOUT,
    authenticationTimeout: AUTHENTICATION_TIMEOUT,
    retry: RETRY,
    logLevel: log.isLevelEnabled('trace') ? 5 : log.isLevelEnabled('debug') ? 4 : 2,
    logCreator: () => forwardTo(log),
  };
}

/** How we consume. */
export function consumerConfig({
  group,
  sessionTimeout,
  inFlight,
}: Pick<ServeSettings, 'group' | 'sessionTimeout' | 'inFlight'>): ConsumerConfig {
  // A kibibyte a document: what was fetched and has no credit yet lies in memory.
  const bytes = inFlight * KIB;
  return {
    groupId: group,
    sessionTimeout: Math.ceil(sessionTimeout),
    heartbeatInterval: Math.max(1, Math.round(sessionTimeout / HEARTBEATS_A_SESSION)),
    maxWaitTimeInMs: MAX_WAIT,
    maxBytesPerPartition: Math.min(Math.max(bytes, 64 * KIB), MIB),
    maxBytes: Math.min(Math.max(4 * bytes, MIB), 10 * MIB),
    allowAutoTopicCreation: false,
    retry: RETRY,
  };
}

/** How we produce. */
export function producerConfig({ Partitioners }: Pick<KafkaModule, 'Partitioners'>): ProducerConfig {
  return { allowAutoTopicCreation: false, createPartitioner: Partitioners.DefaultPartitioner };
}

function saslOf({ saslMechanism = 'plain', username, password }: ClientSettings): SASLOptions | undefined {
  if (username === undefined || password === undefined) return undefined;
  return { mechanism: saslMechanism, username, password };
}

async function tlsOf(settings: ClientSettings): Promise<ConnectionOptions> {
  const [ca, cert, key] = await Promise.all(
    (['sslCa', 'sslCert', 'sslKey'] as const).map((name) => contentOf(name, settings[name])),
  );
  return {
    rejectUnauthorized: settings.sslRejectUnauthorized,
    ...(ca && { ca }),
    ...(cert && { cert }),
    ...(key && { key }),
  };
}

async function contentOf(name: SettingName, file: string | undefined): Promise<Buffer | undefined> {
  if (file === undefined) return undefined;
  try {
    return await readFile(file);
  } catch (cause) {
    const where = everywhere(SETTINGS[name]);
    throw new LockstepError('INVALID_ARGUMENT', `Cannot read ${file}, which ${where} names`, { cause });
  }
}

/** What kafkajs calls an error it tries again; what ends it, it throws. So nothing here is more than a warning. */
function forwardTo(log: Logger): (entry: LogEntry) => void {
  return ({ level, namespace, log: { timestamp: _timestamp, logger: _logger, message, stack: _stack, ...fields } }) => {
    if (PARTITIONER_NOTICE.test(message)) return;
    const severity = level <= 2 ? 'warn' : level === 4 ? 'debug' : 'trace';
    log[severity]({ ...fields, component: 'kafkajs' }, namespace ? `${namespace}: ${message}` : message);
  };
}
