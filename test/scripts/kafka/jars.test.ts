import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { expect } from 'chai';
import { Failure } from '../../../scripts/kafka/failure.ts';
import { cacheFolder, isResolved, pom, resolveKit, versionOf } from '../../../scripts/kafka/jars.ts';
import { CommandMissing, type Runner } from '../../../scripts/kafka/processes.ts';

describe("Kafka's jars", () => {
  let cacheDir = '';

  beforeEach(() => {
    cacheDir = join(mkdtempSync(join(tmpdir(), 'rx-lockstep-')), 'cache');
  });

  afterEach(() => rmSync(join(cacheDir, '..'), { recursive: true }));

  /** A Maven that brings two jars, and counts how often it was asked. */
  function maven(): { readonly run: Runner; readonly asked: string[][] } {
    const asked: string[][] = [];
    const run: Runner = async (command, args) => {
      asked.push([command, ...args]);
      const folder = args.find((arg) => arg.startsWith('-DoutputDirectory='))?.slice(18) ?? '';
      expect(existsSync(args[args.indexOf('-f') + 1] ?? '')).to.equal(true);
      mkdirSync(folder);
      for (const file of ['kafka.jar', 'a.jar', 'LICENSE']) writeFileSync(join(folder, file), '');
      return { code: 0, signal: null, stdout: '', stderr: '' };
    };
    return { run, asked };
  }

  it('come from Maven once, and then from the cache', async () => {
    const { run, asked } = maven();
    const heard: string[] = [];
    const options = { version: '4.1.2', cacheDir, onProgress: (text: string) => heard.push(text) };
    expect(await isResolved(options)).to.equal(false);
    const kit = await resolveKit(options, run);
    expect(await isResolved(options)).to.equal(true);
    expect(kit.version).to.equal('4.1.2');
    expect(kit.classpath).to.equal(['a.jar', 'kafka.jar'].map((jar) => join(kit.folder, 'jars', jar)).join(delimiter));
    expect(await resolveKit(options, run)).to.deep.equal(kit);
    expect(asked.map(([command]) => command)).to.deep.equal(['mvn']);
    expect(heard).to.have.length(1);
    expect(readdirSync(cacheDir)).to.have.length(1);
  });

  it('may be asked for by many at the same time', async () => {
    const { run } = maven();
    const kits = await Promise.all([1, 2, 3].map(() => resolveKit({ version: '4.1.2', cacheDir }, run)));
    expect(new Set(kits.map(({ classpath }) => classpath)).size).to.equal(1);
    expect(readdirSync(cacheDir)).to.have.length(1);
  });

  it('leave nothing behind when Maven fails, and say what it said', async () => {
    const run: Runner = async () => ({ code: 1, signal: null, stdout: '[ERROR] no such artifact', stderr: '' });
    const error = await resolveKit({ version: '4.9.9', cacheDir }, run).catch((reason: unknown) => reason);
    expect(error)
      .to.be.instanceOf(Failure)
      .with.property('message', 'Maven could not get Kafka 4.9.9:\n[ERROR] no such artifact');
    expect(readdirSync(cacheDir)).to.deep.equal([]);
  });

  it('say how to install Maven where it is missing', async () => {
    const run: Runner = async (command) => {
      throw new CommandMissing(command);
    };
    const error = await resolveKit({ cacheDir, version: '4.1.2' }, run).catch((reason: unknown) => reason);
    expect(error)
      .to.be.instanceOf(Failure)
      .with.property('message')
      .that.matches(/^Kafka's jars come from Maven, and there is no command mvn\. Install it .*apt-get install maven/);
  });

  it('are those of the broker and its tools, with a logger where Kafka brings none', () => {
    for (const version of ['3.9.2', '4.1.2']) {
      expect(pom(version)).to.include(`<artifactId>kafka_2.13</artifactId><version>${version}</version>`);
      expect(pom(version)).to.include(`<artifactId>kafka-tools</artifactId><version>${version}</version>`);
    }
    expect(pom('4.1.2')).to.include('log4j-slf4j-impl');
    expect(pom('3.9.2')).not.to.include('log4j-slf4j-impl');
  });

  it('are kept where the environment says', () => {
    expect(cacheFolder({ KAFKA_CACHE: '/k', XDG_CACHE_HOME: '/x' })).to.equal('/k');
    expect(cacheFolder({ XDG_CACHE_HOME: '/x' })).to.equal(join('/x', 'rx-lockstep-kafka'));
    expect(cacheFolder({})).to.match(/\.cache.rx-lockstep-kafka$/);
  });

  it('are of a version of Kafka 3 or 4', () => {
    expect(versionOf({ version: '3.9.2' })).to.equal('3.9.2');
    for (const version of ['2.8.0', '4.1', '4.1.2-rc1', '../4.1.2', ''])
      expect(() => versionOf({ version }), version).to.throw(Failure, /^expected a version of Kafka 3 or 4/);
  });
});
