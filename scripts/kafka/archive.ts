import { rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Kafka, logLevel } from 'kafkajs';
import { type Cluster, launch } from './cluster.ts';
import { exists } from './files.ts';
import type { Installation } from './installation.ts';
import type { KitOptions } from './jars.ts';
import { createTopics } from './topics.ts';

/** Not a word about archives that do not fit: the JVM does without. */
const SILENT = ['-Xlog:cds=off', '-Xlog:cds+dynamic=off'];
/** In ms. */
const LOADING = 30_000;
/** The archive is written while the JVM ends; in ms. */
const WRITING = 60_000;

/**
 * The flags with which a broker starts from an archive of its classes, in half the time. The archive belongs to a version
 * of Kafka and one of Java, and is made by a short run of a broker, once.
 */
export async function archiveFlags(installation: Installation, { onProgress }: KitOptions = {}): Promise<string[]> {
  const { kit, java } = installation;
  const file = join(kit.folder, `java-${java.version}.jsa`);
  if (!(await exists(file))) {
    onProgress?.('Preparing quick starts (once, about 10 s)');
    await makeArchive(file, installation);
  }
  return [`-XX:SharedArchiveFile=${file}`, '-Xshare:auto', ...SILENT];
}

async function makeArchive(file: string, installation: Installation): Promise<void> {
  const draft = `${file}.${process.pid}`;
  const broker = await launch(installation, {}, [`-XX:ArchiveClassesAtExit=${draft}`, ...SILENT]);
  try {
    // Where that fails or hangs, less was loaded, and the archive is smaller.
    await Promise.race([exercise(broker), sleep(LOADING, undefined, { ref: false })]).catch(() => undefined);
    await broker.nodes[0]?.stop({ within: WRITING });
    // A JVM that writes none is not asked again: it passes over an empty one.
    if (!(await exists(draft))) await writeFile(draft, '');
    await rename(draft, file);
  } finally {
    await broker.remove();
    await rm(draft, { force: true });
  }
}

/** Has the broker load what it needs for clients: the archive holds what was loaded. */
async function exercise({ bootstrap }: Cluster): Promise<void> {
  const kafka = new Kafka({ brokers: [bootstrap], logLevel: logLevel.NOTHING, retry: { initialRetryTime: 20 } });
  const topic = 'exercise';
  const producer = kafka.producer({ transactionalId: topic, idempotent: true, maxInFlightRequests: 1 });
  const consumer = kafka.consumer({ groupId: topic, maxWaitTimeInMs: 100 });
  try {
    await createTopics(bootstrap, [{ topic }]);
    await producer.connect();
    await producer.send({ topic, messages: [{ value: topic }] });
    const transaction = await producer.transaction();
    await transaction.send({ topic, messages: [{ value: topic }] });
    await transaction.commit();
    await consumer.connect();
    await consumer.subscribe({ topic, fromBeginning: true });
    await new Promise<void>((resolve, reject) => {
      consumer.run({ eachMessage: async () => resolve() }).catch(reject);
    });
  } finally {
    await Promise.all([consumer, producer].map((client) => client.disconnect()));
  }
}
