import { randomBytes } from 'node:crypto';
import { cp, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Failure } from './failure.ts';
import { exists } from './files.ts';
import type { Installation } from './installation.ts';
import { loggingFlags } from './jars.ts';
import { run } from './processes.ts';
import type { Sasl } from './properties.ts';

export interface Formatting {
  readonly nodeId: number;
  readonly clusterId: string;
  /** The folder to format. */
  readonly data: string;
  /** The node's `server.properties`. */
  readonly file: string;
  readonly sasl?: Sasl | undefined;
}

/** An id as Kafka makes its own. */
export function kafkaId(): string {
  const id = randomBytes(16).toString('base64url');
  return id.startsWith('-') ? kafkaId() : id; // which its tools would take for an option
}

/**
 * Formats the folder of a node, unless it was before. That takes a JVM of its own, and yet its result depends on the
 * version alone, but for three ids: so the first one is kept, and copied.
 */
export async function format(installation: Installation, formatting: Formatting): Promise<void> {
  const { nodeId, data, sasl } = formatting;
  if (await exists(join(data, 'meta.properties'))) return;
  await mkdir(data, { recursive: true });
  if (sasl?.scram) return formatAnew(installation, formatting);

  const template = join(installation.kit.folder, 'formatted');
  if (await exists(template)) return copyOf(template, formatting);
  await formatAnew(installation, formatting);
  const draft = `${template}.${process.pid}.${nodeId}`;
  await cp(data, draft, { recursive: true });
  // Where somebody else was quicker, theirs is as good.
  await rename(draft, template).catch(() => rm(draft, { recursive: true, force: true }));
}

async function formatAnew({ kit, java }: Installation, { clusterId, file, sasl }: Formatting): Promise<void> {
  const users = sasl?.scram ? Object.entries(sasl.users) : [];
  const { code, stdout, stderr } = await run(java.command, [
    ...['-Xmx128m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', ...loggingFlags(kit, 'ERROR')],
    ...['-cp', kit.classpath, 'kafka.tools.StorageTool', 'format', '-t', clusterId, '-c', file],
    ...users.flatMap(([user, password]) =>
      ['SCRAM-SHA-256', 'SCRAM-SHA-512'].flatMap((mechanism) => [
        '--add-scram',
        `${mechanism}=[name=${user},password=${password}]`,
      ]),
    ),
  ]);
  if (code !== 0) throw new Failure(`Kafka could not format its folder:\n${`${stdout}${stderr}`.trim()}`);
}

async function copyOf(template: string, { nodeId, clusterId, data }: Formatting): Promise<void> {
  await cp(template, data, { recursive: true });
  const file = join(data, 'meta.properties');
  const text = await readFile(file, 'utf8');
  await writeFile(
    file,
    text
      .replace(/^cluster\.id=.*$/m, `cluster.id=${clusterId}`)
      .replace(/^node\.id=.*$/m, `node.id=${nodeId}`)
      .replace(/^directory\.id=.*$/m, `directory.id=${kafkaId()}`),
  );
}
