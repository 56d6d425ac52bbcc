import { join } from 'node:path';
import { Failure } from './failure.ts';
import { CommandMissing, type Runner, run as runCommand } from './processes.ts';

export interface Java {
  readonly command: string;
  /** Such as `17.0.15`. */
  readonly version: string;
}

const OLDEST = 17;
const HOW = `Install Java ${OLDEST} or later (Debian, Ubuntu: apt-get install openjdk-17-jre-headless; macOS: brew install openjdk@17), or set JAVA_HOME.`;

/**
 * Finds the Java that Kafka runs on: that of `JAVA_HOME`, else the one on the `PATH`.
 *
 * @throws Failure where there is none, or one too old
 */
export async function findJava(run: Runner = runCommand): Promise<Java> {
  const { JAVA_HOME } = process.env;
  const command = JAVA_HOME ? join(JAVA_HOME, 'bin', 'java') : 'java';
  const { code, stdout, stderr } = await run(command, ['-version']).catch((error: unknown) => {
    if (error instanceof CommandMissing) throw new Failure(`Kafka needs Java, and ${error.message}. ${HOW}`);
    throw error;
  });
  const [, version] = /version "([^"]+)"/.exec(stderr + stdout) ?? [];
  if (code !== 0 || version === undefined)
    throw new Failure(`Kafka needs Java, and ${command} -version failed: ${(stderr + stdout).trim()}. ${HOW}`);
  if (majorOf(version) < OLDEST) throw new Failure(`Kafka needs a later Java than ${version}. ${HOW}`);
  return { command, version };
}

/** Java 8 and before called themselves 1.8 and so on. */
function majorOf(version: string): number {
  const [first = 0, second = 0] = version.split(/\D+/).map(Number);
  return first === 1 ? second : first;
}
