import { expect } from 'chai';
import { Failure } from '../../../scripts/kafka/failure.ts';
import { whyNoBroker } from '../../../scripts/kafka/installation.ts';
import { findJava } from '../../../scripts/kafka/java.ts';
import { CommandMissing, type Runner } from '../../../scripts/kafka/processes.ts';

/** A machine on which `java -version` says this. */
function saying(stderr: string, code = 0): Runner {
  return async () => ({ code, signal: null, stdout: '', stderr });
}

const missing: Runner = async (command) => {
  throw new CommandMissing(command);
};

describe('Java', () => {
  const home = process.env.JAVA_HOME;

  afterEach(() => {
    if (home === undefined) delete process.env.JAVA_HOME;
    else process.env.JAVA_HOME = home;
  });

  it('is the one of JAVA_HOME, else that of the PATH', async () => {
    const run = saying('openjdk version "17.0.15" 2025-04-15\nOpenJDK Runtime Environment');
    delete process.env.JAVA_HOME;
    expect(await findJava(run)).to.deep.equal({ command: 'java', version: '17.0.15' });
    process.env.JAVA_HOME = '/opt/jdk';
    expect(await findJava(run)).to.deep.equal({ command: '/opt/jdk/bin/java', version: '17.0.15' });
  });

  it('may be a later one', async () => {
    for (const version of ['17', '21.0.1', '25-ea'])
      expect((await findJava(saying(`openjdk version "${version}"`))).version).to.equal(version);
  });

  it('must not be older than Kafka needs', async () => {
    for (const version of ['1.8.0_292', '11.0.2', '16'])
      expect(await failureOf(findJava(saying(`java version "${version}"`)))).to.match(
        new RegExp(`^Kafka needs a later Java than ${version}. Install Java 17 or later `),
      );
  });

  it('is asked for where it is missing', async () => {
    delete process.env.JAVA_HOME;
    const message = await failureOf(findJava(missing));
    expect(message).to.match(
      /^Kafka needs Java, and there is no command java\. Install Java 17 or later .* JAVA_HOME\.$/,
    );
    expect(await whyNoBroker({}, missing)).to.equal(message);
  });

  it('must be able to say what it is', async () => {
    expect(await failureOf(findJava(saying('cannot execute', 126)))).to.match(/java -version failed: cannot execute\./);
  });

  it('lets failures of another kind through', async () => {
    const bug = new TypeError('bug');
    const run: Runner = async () => {
      throw bug;
    };
    expect(await whyNoBroker({}, run).catch((reason: unknown) => reason)).to.equal(bug);
  });
});

async function failureOf(promise: Promise<unknown>): Promise<string> {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof Failure)) throw new Error(`expected a Failure, got ${String(error)}`);
  return error.message;
}
