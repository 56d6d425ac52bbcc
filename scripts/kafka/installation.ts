import { Failure } from './failure.ts';
import { isResolved, type Kit, type KitOptions, resolveKit } from './jars.ts';
import { findJava, type Java } from './java.ts';
import { findCommand, type Runner } from './processes.ts';

/** Kafka's jars, and the Java that runs them. */
export interface Installation {
  readonly kit: Kit;
  readonly java: Java;
}

/**
 * Finds Java, and brings the jars where they are not in the cache yet.
 *
 * @throws Failure where Java or Maven is missing
 */
export async function install(options: KitOptions = {}): Promise<Installation> {
  const java = await findJava();
  return { kit: await resolveKit(options), java };
}

/** Why no broker can be started on this machine, in words; undefined where one can. */
export async function whyNoBroker(options: KitOptions = {}, run?: Runner): Promise<string | undefined> {
  try {
    await findJava(run);
  } catch (error) {
    if (error instanceof Failure) return error.message;
    throw error;
  }
  if ((await isResolved(options)) || (await findCommand('mvn')) !== undefined) return undefined;
  return "Kafka's jars come from Maven, and there is no command mvn";
}
