import { Failure } from '../../../scripts/kafka/failure.ts';
import { CommandMissing, ended, run, talk } from '../../../scripts/kafka/processes.ts';
import type { Mode } from '../job.ts';

/** What a peer is to do: read JSON with a text, write JSON with the parity of the text's length. */
export interface PeerJob {
  readonly bootstrap: string;
  readonly mode: Mode;
  readonly groupId: string;
  readonly input: string;
  readonly output: string;
  /** Milliseconds. */
  readonly commitInterval: number;
  /** For whatever it keeps. */
  readonly folder: string;
}

/** A framework that does the same job. */
export interface Peer {
  readonly name: string;
  readonly version: string;
  readonly modes: readonly Mode[];
  /** Starts a process of it. */
  start(job: PeerJob): Promise<Running>;
}

/** A process of a peer. */
export interface Running {
  end(): Promise<void>;
  /** Rejects when the process ends by itself. */
  readonly lost: Promise<never>;
}

/**
 * Brings a peer onto this machine.
 *
 * @throws Failure where that cannot be
 */
export type Install = (folder: string, kafkaVersion: string) => Promise<Peer>;

/** Lines of what a program said that are told when it ends too early. */
const TAIL = 20;

/** Starts a program that runs until it is told to end. */
export async function startProgram(
  command: string,
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<Running> {
  const variables = Object.entries(environment).map(([name, value]) => `${name}=${value}`);
  const child = await talk('env', [...variables, command, ...args]);
  const exit = ended(child);
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => {
      said = lastLines(`${said}${text}`);
    });
  const lost = new Promise<never>((_, reject) => {
    void exit.then(({ code }) => reject(new Failure(`it ended by itself, with ${code}: ${said}`)));
  });
  lost.catch(() => {}); // as it does when it is told to
  return {
    lost,
    end: async () => {
      child.kill('SIGKILL');
      await exit;
    },
  };
}

/** Runs a step of an installation. */
export async function step(what: string, command: string, args: readonly string[]): Promise<void> {
  const { code, stdout, stderr } = await run(command, args).catch((error: unknown) => {
    if (error instanceof CommandMissing) throw new Failure(`${what}: ${error.message}`);
    throw error;
  });
  if (code !== 0) throw new Failure(`${what}: ${lastLines(`${stdout}${stderr}`)}`);
}

function lastLines(text: string): string {
  return text.split('\n').slice(-TAIL).join('\n');
}
