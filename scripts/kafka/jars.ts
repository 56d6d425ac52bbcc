import { createHash } from 'node:crypto';
import { mkdir, readdir, rename, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { Failure } from './failure.ts';
import { CommandMissing, type Runner, run as runCommand } from './processes.ts';
import { scratchFolder } from './scratch.ts';

/** The jars of one version of Kafka, in a folder of the cache. */
export interface Kit {
  readonly version: string;
  readonly folder: string;
  readonly classpath: string;
}

export interface KitOptions {
  /** @default `KAFKA_VERSION`, else 4.1.2 */
  readonly version?: string;
  /** Where jars are kept. @default `KAFKA_CACHE`, else `rx-lockstep-kafka` in the user's cache folder */
  readonly cacheDir?: string;
  /** Hears of what takes long. */
  readonly onProgress?: (text: string) => void;
}

const COPY = 'org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy-dependencies';
/** Of Kafka. */
export const DEFAULT_VERSION = '4.1.2';

const VERSION = /^[34]\.\d+\.\d+$/;

/** @throws Failure where `KAFKA_VERSION`, or what is asked for, is no version of Kafka 3 or 4 */
export function versionOf({ version = process.env.KAFKA_VERSION || DEFAULT_VERSION }: KitOptions = {}): string {
  if (VERSION.test(version)) return version;
  throw new Failure(`expected a version of Kafka 3 or 4, such as 4.1.2 or 3.9.2, got ${version}`);
}

/** Kafka 3 is configured and named in places otherwise than Kafka 4. */
export function isKafka3(version: string): boolean {
  return version.startsWith('3.');
}

/** The default of {@link KitOptions.cacheDir}. */
export function cacheFolder(env: NodeJS.ProcessEnv = process.env): string {
  return env.KAFKA_CACHE || join(env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'rx-lockstep-kafka');
}

/**
 * Brings the jars of a version from Maven, once. Several processes may do it at the same time.
 *
 * @throws Failure where Maven is missing, or fails
 */
export async function resolveKit(options: KitOptions = {}, run: Runner = runCommand): Promise<Kit> {
  const version = versionOf(options);
  const folder = kitFolder(version, options);
  const jars = (await jarsIn(folder)) ?? (await download(version, folder, options, run));
  return { version, folder, classpath: jars.map((jar) => join(folder, 'jars', jar)).join(delimiter) };
}

/** Whether the jars of a version are there. */
export async function isResolved(options: KitOptions = {}): Promise<boolean> {
  return (await jarsIn(kitFolder(versionOf(options), options))) !== undefined;
}

/** What Maven is asked for. */
export function pom(version: string): string {
  // The tools' jar drags in Kafka Connect, Jetty and Jersey, which no broker or tool here needs.
  const exclusions = ['connect-runtime', 'connect-api', 'connect-json'].map(
    (artifact) => `<exclusion><groupId>org.apache.kafka</groupId><artifactId>${artifact}</artifactId></exclusion>`,
  );
  const dependencies = [
    dependency('org.apache.kafka', 'kafka_2.13', version),
    dependency('org.apache.kafka', 'kafka-tools', version, `<exclusions>${exclusions.join('')}</exclusions>`),
    // Kafka 4 names no binding for SLF4J, and logs nothing without one.
    ...(isKafka3(version) ? [] : [dependency('org.apache.logging.log4j', 'log4j-slf4j-impl', '2.25.3')]),
  ];
  return `<project xmlns="http://maven.apache.org/POM/4.0.0">
<modelVersion>4.0.0</modelVersion>
<groupId>local</groupId><artifactId>kafka-broker</artifactId><version>1</version><packaging>pom</packaging>
<dependencies>
${dependencies.join('\n')}
</dependencies>
</project>
`;
}

/** The arguments that tell Java how Kafka is to log, at WARN, ERROR and so on. */
export function loggingFlags({ version }: Kit, level: string): string[] {
  const [property, file] = isKafka3(version)
    ? ['log4j.configuration', 'log4j1.properties']
    : ['log4j2.configurationFile', 'log4j2.properties'];
  return [`-Dlog.level=${level}`, `-D${property}=${new URL(file, import.meta.url)}`];
}

function dependency(group: string, artifact: string, version: string, rest = ''): string {
  return `<dependency><groupId>${group}</groupId><artifactId>${artifact}</artifactId><version>${version}</version>${rest}</dependency>`;
}

/** Named after what Maven is asked for too, so that a change of that is not served from an old folder. */
function kitFolder(version: string, { cacheDir = cacheFolder() }: KitOptions): string {
  const asked = createHash('sha256').update(pom(version)).digest('hex').slice(0, 8);
  return join(cacheDir, `kafka-${version}-${asked}`);
}

async function jarsIn(folder: string): Promise<string[] | undefined> {
  const files = await readdir(join(folder, 'jars')).catch(() => undefined);
  return files?.filter((file) => file.endsWith('.jar')).sort();
}

async function download(version: string, folder: string, { onProgress }: KitOptions, run: Runner): Promise<string[]> {
  onProgress?.(`Getting Kafka ${version} from Maven into ${folder} (once, about 70 MB)`);
  await mkdir(dirname(folder), { recursive: true });
  const scratch = await scratchFolder(dirname(folder));
  try {
    const file = join(scratch.folder, 'pom.xml');
    await writeFile(file, pom(version));
    const { code, stdout, stderr } = await run('mvn', [
      ...['-B', '-q', '-f', file, COPY],
      ...[`-DoutputDirectory=${join(scratch.folder, 'jars')}`, '-DincludeScope=runtime'],
    ]).catch((error: unknown) => {
      if (!(error instanceof CommandMissing)) throw error;
      throw new Failure(
        `Kafka's jars come from Maven, and ${error.message}. Install it (Debian, Ubuntu: apt-get install maven; macOS: brew install maven).`,
      );
    });
    const said = `${stdout}${stderr}`.trim().split('\n').slice(0, 10).join('\n');
    if (code !== 0) throw new Failure(`Maven could not get Kafka ${version}:\n${said}`);
    // Where another process was quicker, its folder stands.
    await rename(scratch.folder, folder).catch(() => undefined);
    const jars = await jarsIn(folder);
    if (jars === undefined) throw new Failure(`could not put Kafka's jars into ${folder}`);
    return jars;
  } finally {
    await scratch.remove();
  }
}
