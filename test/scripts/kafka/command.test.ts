import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { parse } from 'yaml';
import type { Cluster } from '../../../scripts/kafka/cluster.ts';
import { choosePorts, guide, main, TOPICS } from '../../../scripts/kafka/command.ts';
import { Failure } from '../../../scripts/kafka/failure.ts';
import { DEFAULT_VERSION } from '../../../scripts/kafka/jars.ts';
import { toolArguments } from '../../../scripts/kafka/tools.ts';

const none = (): void => undefined;

describe('npm run kafka', () => {
  async function mainOf(...argv: string[]): Promise<{ code: number; printed: string[]; noted: string[] }> {
    const printed: string[] = [];
    const noted: string[] = [];
    const code = await main(argv, {
      print: (text) => printed.push(text),
      note: (text) => noted.push(text),
      signal: new AbortController().signal,
    });
    return { code, printed, noted };
  }

  it('explains itself', async () => {
    const { code, printed, noted } = await mainOf('--help');
    expect([code, noted]).to.deep.equal([0, []]);
    expect(printed.join('\n')).to.match(/^Usage: npm run kafka /);
  });

  it('says in one line what it cannot do', async () => {
    expect(await mainOf('stop')).to.deep.equal({
      code: 1,
      printed: [],
      noted: ['kafka: expected start, tool or resolve, got stop'],
    });
  });

  describe('ports', () => {
    const all = async () => true;

    it('are the usual one, and those after it', async () => {
      expect(await choosePorts({ nodes: 1, port: undefined }, none, all)).to.deep.equal([9092]);
      expect(await choosePorts({ nodes: 3, port: 19_092 }, none, all)).to.deep.equal([19_092, 19_093, 19_094]);
    });

    it('are free ones where a usual one is taken, which is said', async () => {
      const said: string[] = [];
      const ports = await choosePorts(
        { nodes: 2, port: undefined },
        (text) => said.push(text),
        async (port) => port !== 9093,
      );
      expect(said).to.deep.equal(['Port 9093 is taken: taking a free one']);
      expect(new Set(ports).size).to.equal(2);
      expect(ports).not.to.include(9093);
    });

    it('are not others than those that were asked for', async () => {
      const taken = choosePorts({ nodes: 2, port: 20_000 }, none, async (port) => port !== 20_001);
      const error = await taken.catch((reason: unknown) => reason);
      expect(error)
        .to.be.instanceOf(Failure)
        .with.property('message', 'port 20001 is taken: give another --port, or none');
    });
  });

  describe('what it prints', () => {
    const cluster: Pick<Cluster, 'version' | 'bootstrap' | 'secureBootstrap' | 'caFile'> = {
      version: '4.1.2',
      bootstrap: '127.0.0.1:9092',
      secureBootstrap: undefined,
      caFile: undefined,
    };

    it('is how to go on', () => {
      const lines = guide(cluster, { dataDir: undefined, tls: false, users: {} });
      expect(lines[0]).to.equal('Kafka 4.1.2 is up at 127.0.0.1:9092');
      expect(lines).to.include(
        '  npm run kafka -- tool console-consumer --bootstrap-server 127.0.0.1:9092 --topic verdicts --from-beginning',
      );
      expect(lines.at(-1)).to.equal('Ctrl-C stops it; its data goes too.');
    });

    it('names the second listener, and no password', () => {
      const secure = { ...cluster, secureBootstrap: '127.0.0.1:1', caFile: '/x/ca.pem' };
      const lines = guide(secure, { dataDir: 'here', tls: true, users: { alice: 'hunter2' } });
      expect(lines.slice(1, 3)).to.deep.equal([
        'and at 127.0.0.1:1 with SASL_SSL, SASL PLAIN for alice',
        'its clients have to trust /x/ca.pem',
      ]);
      expect(lines.join('\n')).not.to.include('hunter2');
      expect(lines.at(-1)).to.equal('Ctrl-C stops it; its data stays in here.');
    });
  });

  describe('tools', () => {
    const kit = (version: string) => ({ version, folder: '/kit', classpath: '/kit/a.jar' });

    it('go by a name, by class, and by another class in Kafka 3', () => {
      expect(toolArguments(kit('4.1.2'), 'topics', ['--list']).slice(-3)).to.deep.equal([
        '/kit/a.jar',
        'org.apache.kafka.tools.TopicCommand',
        '--list',
      ]);
      expect(toolArguments(kit('4.1.2'), 'console-producer', [])).to.include('org.apache.kafka.tools.ConsoleProducer');
      expect(toolArguments(kit('3.9.2'), 'console-producer', [])).to.include('kafka.tools.ConsoleProducer');
      expect(toolArguments(kit('4.1.2'), 'org.example.Tool', [])).to.include('org.example.Tool');
    });

    it('log as their version of Kafka does', () => {
      expect(toolArguments(kit('4.1.2'), 'topics', []).join(' ')).to.match(
        /-Dlog4j2\.configurationFile=file:\S+log4j2\.p/,
      );
      expect(toolArguments(kit('3.9.2'), 'topics', []).join(' ')).to.match(/-Dlog4j\.configuration=file:\S+log4j1\.p/);
    });

    it('are named where there is no such one', () => {
      expect(() => toolArguments(kit('4.1.2'), 'nope', [])).to.throw(
        Failure,
        /^there is no tool nope; there are api-v/,
      );
    });
  });

  it('makes the same topics as compose.yaml, on the same Kafka', () => {
    const { services } = parse(readFileSync(new URL('../../../compose.yaml', import.meta.url), 'utf8'));
    const images = Object.values(services).map((service) => Object(service).image);
    expect(new Set(images)).to.deep.equal(new Set([`apache/kafka:${DEFAULT_VERSION}`]));
    const script = String(services.topics.command[0]);
    const created = [...script.matchAll(/^create (\S+) (\d+)$/gm)].map(([, topic, partitions]) => [
      topic,
      Number(partitions),
    ]);
    expect(Object.fromEntries(created)).to.deep.equal(TOPICS);
  });
});
