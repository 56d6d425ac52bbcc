import { setTimeout as sleep } from 'node:timers/promises';
import type { Admin } from 'kafkajs';
import type { Cluster } from '../../../scripts/kafka/cluster.ts';
import { committedBy, freshName, withAdmin } from './client.ts';

/** A record as Kafka's own console consumer saw it. */
export interface ReadRecord {
  readonly partition: number;
  readonly offset: number;
  /** In ms since 1970. */
  readonly timestamp: number;
  readonly key: Buffer | null;
  /** `String(value)` is its text; null is a tombstone. */
  readonly value: Buffer | null;
  /** In their order; a name may be there more than once. */
  readonly headers: readonly (readonly [name: string, value: Buffer | null])[];
}

export interface ReadOptions {
  /** @default 'read_committed' */
  readonly isolation?: 'read_committed' | 'read_uncommitted';
  /**
   * Read no further than to the first open transaction, for a test that leaves one open. Without this, read_committed
   * waits for its end.
   *
   * @default false
   */
  readonly whileOpen?: boolean;
}

const BYTES = 'org.apache.kafka.common.serialization.BytesDeserializer';
const [BACKSLASH, ZERO, NINE, A] = [0x5c, 0x30, 0x39, 0x41];
const POLL = 100;
/** After this many ms without news from the reader something is wrong. */
const STALLED = 30_000;

/** Reads what a topic held when asked, by partition and offset. */
export async function readTopic(broker: Cluster, topic: string, options?: ReadOptions): Promise<ReadRecord[]> {
  const records: ReadRecord[] = [];
  await streamTopic(broker, topic, (record) => records.push(record), options);
  return records.sort((a, b) => a.partition - b.partition || a.offset - b.offset);
}

/**
 * As {@link readTopic}, for topics that do not fit into memory: records of a partition come in order, those of different
 * partitions as they please.
 *
 * It is a judge of our code, so it has none of it: Kafka's console consumer reads, in a group of its own, and is done when
 * what that group has committed reaches the end that Kafka's get-offsets named. Every byte of keys, values and header
 * values comes through; a header's name must not have a colon.
 *
 * @throws Error where the reader fails or stalls
 */
export async function streamTopic(
  broker: Cluster,
  topic: string,
  visit: (record: ReadRecord) => void,
  { isolation = 'read_committed', whileOpen = false }: ReadOptions = {},
): Promise<void> {
  const format = formatOf(freshName('-'));
  const group = freshName('judge');
  const stop = new AbortController();
  let news = Date.now();
  let rest = '';
  let failure: Error | undefined;
  const hear = (text: string) => {
    news = Date.now();
    const lines = (rest + text).split(format.line);
    rest = lines.pop() ?? '';
    try {
      for (const line of lines) visit(format.parse(line));
    } catch (error) {
      failure ??= error instanceof Error ? error : new Error(String(error));
      stop.abort();
    }
  };
  const read = async () => {
    const { stderr } = await broker.tool(
      'console-consumer',
      [
        ...['--bootstrap-server', broker.bootstrap, '--topic', topic, '--group', group, '--from-beginning'],
        ...['--isolation-level', isolation, '--consumer-property', `auto.commit.interval.ms=${POLL}`],
        ...format.properties.flatMap((property) => ['--property', property]),
      ],
      { signal: stop.signal, onOutput: hear },
    );
    if (!stop.signal.aborted) throw new Error(`the reader of ${topic} ended by itself: ${stderr}`);
  };
  const watch = async (admin: Admin) => {
    const ends = await (whileOpen ? stableEndsOf(admin, topic) : endsOf(broker, topic));
    let before = '';
    while (!stop.signal.aborted) {
      const committed = await committedBy(admin, group, topic);
      if ([...ends].every(([partition, end]) => (committed.get(partition) ?? 0) >= end)) return;
      const now = JSON.stringify([...committed]);
      if (now !== before) news = Date.now();
      before = now;
      if (Date.now() - news > STALLED)
        throw new Error(`the reader of ${topic} stands at ${now} of ${JSON.stringify([...ends])}`);
      await sleep(POLL);
    }
  };
  // Whichever ends first ends the other; the reader, once told to, hands over what it has.
  const endings = await Promise.allSettled(
    [read(), withAdmin(broker, watch)].map((task) => task.finally(() => stop.abort())),
  );
  if (failure !== undefined) throw failure;
  for (const ending of endings) if (ending.status === 'rejected') throw ending.reason;
}

/** The end of each partition, by Kafka's own tool: where the next record will go. */
async function endsOf(broker: Cluster, topic: string): Promise<Map<number, number>> {
  const { code, stdout, stderr } = await broker.tool('get-offsets', [
    ...['--bootstrap-server', broker.bootstrap, '--topic', topic],
  ]);
  const lines = stdout.split('\n').filter((line) => line.startsWith(`${topic}:`));
  if (code !== 0 || lines.length === 0) throw new Error(`get-offsets of ${topic}: ${stdout}${stderr}`);
  return new Map(
    lines.map((line): [number, number] => {
      const [partition, end] = line.slice(topic.length + 1).split(':');
      return [Number(partition), Number(end)];
    }),
  );
}

/** Where the first open transaction of each partition begins. */
async function stableEndsOf(admin: Admin, topic: string): Promise<Map<number, number>> {
  const ends = await admin.fetchTopicOffsets(topic);
  return new Map(ends.map(({ partition, offset }) => [partition, Number(offset)]));
}

interface Format {
  readonly properties: readonly string[];
  readonly line: string;
  parse(line: string): ReadRecord;
}

/**
 * What Kafka's `Bytes` prints is printable ASCII, with \xNN for the rest and for the backslash itself, so nothing is lost.
 * Only the names of headers come as they are; separators with a random mark are not in them.
 */
function formatOf(mark: string): Format {
  const line = `${mark}.\n`;
  const field = `${mark}|`;
  const header = `${mark},`;
  const absent = `${mark}0`;
  const bytes = (text: string) => (text === absent ? null : unescaped(text));
  return {
    line,
    properties: [
      ...['timestamp', 'partition', 'offset', 'headers', 'key', 'value'].map((name) => `print.${name}=true`),
      ...['key', 'value', 'headers'].map((name) => `${name}.deserializer=${BYTES}`),
      ...[`key.separator=${field}`, `headers.separator=${header}`, `line.separator=${line}`, `null.literal=${absent}`],
    ],
    parse: (text) => {
      const [timestamp, partition, offset, headers, key, value, ...more] = text.split(field);
      if (headers === undefined || key === undefined || value === undefined || more.length > 0)
        throw new Error(`expected a record from the console consumer, got ${text}`);
      return {
        partition: numberAfterColon(partition),
        offset: numberAfterColon(offset),
        timestamp: numberAfterColon(timestamp),
        key: bytes(key),
        value: bytes(value),
        headers:
          headers === 'NO_HEADERS'
            ? []
            : headers.split(header).map((entry) => {
                const colon = entry.indexOf(':');
                return [entry.slice(0, colon), bytes(entry.slice(colon + 1))];
              }),
      };
    },
  };
}

/** A million records pass here: no text is cut, no expression matched. */
function unescaped(text: string): Buffer {
  const bytes = Buffer.alloc(text.length);
  let length = 0;
  for (let at = 0; at < text.length; at++) {
    let byte = text.charCodeAt(at);
    if (byte === BACKSLASH) {
      byte = hexAt(text, at + 2) * 16 + hexAt(text, at + 3);
      at += 3;
    }
    bytes[length++] = byte;
  }
  return bytes.subarray(0, length);
}

/** Kafka writes 0 to 9 and A to F. */
function hexAt(text: string, at: number): number {
  const code = text.charCodeAt(at);
  return code <= NINE ? code - ZERO : code - A + 10;
}

function numberAfterColon(text = ''): number {
  return Number(text.slice(text.indexOf(':') + 1));
}
