import { expect } from 'chai';
import { Failure } from '../../../scripts/kafka/failure.ts';
import {
  checkSasl,
  type NodeSettings,
  propertiesText,
  secureProtocol,
  serverProperties,
} from '../../../scripts/kafka/properties.ts';

const NODE = { id: 1, port: 1001, controllerPort: 1002, securePort: 1003 };
const SECOND = { id: 2, port: 2001, controllerPort: 2002, securePort: 2003 };

const SETTINGS: NodeSettings = {
  version: '4.1.2',
  node: NODE,
  nodes: [NODE],
  data: '/data/node1',
  autoCreateTopics: false,
  partitions: 4,
  properties: {},
};

/** What a broker would read. */
function read(settings: Partial<NodeSettings> = {}): Record<string, string> {
  const lines = serverProperties({ ...SETTINGS, ...settings })
    .trimEnd()
    .split('\n');
  return Object.fromEntries(lines.map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]));
}

describe('server.properties', () => {
  it('makes one node broker and controller, on this machine only', () => {
    expect(read()).to.include({
      'process.roles': 'broker,controller',
      'node.id': '1',
      'controller.quorum.voters': '1@127.0.0.1:1002',
      listeners: 'PLAINTEXT://127.0.0.1:1001,CONTROLLER://127.0.0.1:1002',
      'advertised.listeners': 'PLAINTEXT://127.0.0.1:1001',
      'listener.security.protocol.map': 'PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT',
      'log.dirs': '/data/node1',
      'num.partitions': '4',
      'auto.create.topics.enable': 'false',
      'default.replication.factor': '1',
      'min.insync.replicas': '1',
      'offsets.topic.replication.factor': '1',
      'transaction.state.log.min.isr': '1',
    });
  });

  it('keeps up to three copies on more nodes, two of them in step', () => {
    expect(read({ node: SECOND, nodes: [NODE, SECOND] })).to.include({
      'node.id': '2',
      'controller.quorum.voters': '1@127.0.0.1:1002,2@127.0.0.1:2002',
      'default.replication.factor': '2',
      'min.insync.replicas': '2',
    });
    const nodes = [1, 2, 3, 4].map((id) => ({ ...NODE, id }));
    expect(read({ nodes })).to.include({ 'default.replication.factor': '3', 'min.insync.replicas': '2' });
  });

  it('opens a second listener for TLS', () => {
    expect(read({ keyStore: '/tls/broker.pem' })).to.include({
      listeners: 'PLAINTEXT://127.0.0.1:1001,CLIENT://127.0.0.1:1003,CONTROLLER://127.0.0.1:1002',
      'advertised.listeners': 'PLAINTEXT://127.0.0.1:1001,CLIENT://127.0.0.1:1003',
      'listener.security.protocol.map': 'PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT,CLIENT:SSL',
      'listener.name.client.ssl.keystore.type': 'PEM',
      'listener.name.client.ssl.keystore.location': '/tls/broker.pem',
    });
  });

  it('opens a second listener for logins, with SCRAM if asked', () => {
    const plain = read({ sasl: { users: { alice: 'a', bob: 'b' } } });
    expect(plain).to.include({
      'listener.security.protocol.map': 'PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT,CLIENT:SASL_PLAINTEXT',
      'sasl.enabled.mechanisms': 'PLAIN',
      'listener.name.client.plain.sasl.jaas.config':
        'org.apache.kafka.common.security.plain.PlainLoginModule required user_alice="a" user_bob="b";',
    });
    const scram = read({ sasl: { users: { alice: 'a' }, scram: true }, keyStore: 'x' });
    expect(scram['sasl.enabled.mechanisms']).to.equal('PLAIN,SCRAM-SHA-256,SCRAM-SHA-512');
    expect(scram['listener.security.protocol.map']).to.include('CLIENT:SASL_SSL');
    expect(scram).to.include.keys('listener.name.client.scram-sha-512.sasl.jaas.config');
  });

  it('knows share groups from Kafka 4 on', () => {
    const key = 'share.coordinator.state.topic.min.isr';
    expect(read()).to.include.keys(key);
    expect(read({ version: '3.9.2' })).not.to.include.keys(key);
  });

  it('lets the properties of the caller win', () => {
    expect(read({ properties: { 'num.partitions': 9, 'x.y': true } })).to.include({
      'num.partitions': '9',
      'x.y': 'true',
    });
  });

  it('escapes what Java would read otherwise', () => {
    expect(propertiesText({ path: 'C:\\a', text: 'a\nb', name: '数é' })).to.equal(
      'path=C:\\\\a\ntext=a\\nb\nname=\\u6570\\u00e9\n',
    );
  });

  it('names the protocol of the second listener', () => {
    expect([secureProtocol(false, false), secureProtocol(true, false)]).to.deep.equal([undefined, 'SSL']);
    expect([secureProtocol(false, true), secureProtocol(true, true)]).to.deep.equal(['SASL_PLAINTEXT', 'SASL_SSL']);
  });

  it('refuses users and passwords that would need quotes, and does not show them', () => {
    checkSasl({ users: { alice: 'Aa0.!#$%&*+/:@^~_-' } });
    for (const password of ['', 'a"b', 'a;b', 'a\\b', 'a b', 'a,b', 'ä'])
      expect(() => checkSasl({ users: { alice: password } }), password).to.throw(Failure, /may have letters/);
    expect(() => checkSasl({ users: { 'al ice': 'x' } })).to.throw(Failure);
  });
});
