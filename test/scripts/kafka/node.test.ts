import { once } from 'node:events';
import { createServer } from 'node:net';
import { expect } from 'chai';
import { Failure } from '../../../scripts/kafka/failure.ts';
import { BrokerNode } from '../../../scripts/kafka/node.ts';
import { freePort, HOST } from '../../../scripts/kafka/ports.ts';

const UP = 'console.log("hello"); console.error("INFO Kafka Server started (kafka)");';
const STAY = 'setInterval(() => {}, 1000);';

describe('BrokerNode', () => {
  let node: BrokerNode | undefined;

  afterEach(() => node?.kill());

  /** A node whose JVM is a line of JavaScript. */
  async function nodeOf(code: string, onLog?: (line: string) => void): Promise<BrokerNode> {
    node = new BrokerNode({
      id: 7,
      port: await freePort(),
      securePort: undefined,
      controllerPort: await freePort(),
      command: [process.execPath, ['-e', code]],
      onLog,
    });
    return node;
  }

  async function failureOf(starting: Promise<void>): Promise<string> {
    const error = await starting.catch((reason: unknown) => reason);
    expect(error).to.be.instanceOf(Failure);
    return error instanceof Failure ? error.message : '';
  }

  it('is up when the server says so, and down once it was stopped', async () => {
    const heard: string[] = [];
    const broker = await nodeOf(UP + STAY, (line) => heard.push(line));
    expect([broker.running, broker.pid, await broker.exit]).to.deep.equal([false, undefined, undefined]);
    await broker.start();
    expect(broker.running).to.equal(true);
    expect(broker.pid).to.be.a('number');
    expect(heard).to.include('INFO Kafka Server started (kafka)');
    expect(await failureOf(broker.start())).to.equal('node 7 runs already');
    expect(await broker.stop()).to.deep.equal({ code: null, signal: 'SIGTERM' });
    expect([broker.running, broker.pid]).to.deep.equal([false, undefined]);
    expect(await broker.stop()).to.equal(undefined);
  });

  it('starts again, with a log of its own', async () => {
    const broker = await nodeOf(UP + STAY);
    await broker.start();
    expect(await broker.kill()).to.deep.equal({ code: null, signal: 'SIGKILL' });
    await broker.start();
    expect(broker.log.filter((line) => line.includes('started'))).to.have.length(1);
  });

  it('is killed where it does not stop in time', async () => {
    const broker = await nodeOf(`process.on("SIGTERM", () => {}); ${UP} ${STAY}`);
    await broker.start();
    expect(await broker.stop({ within: 1 })).to.deep.equal({ code: null, signal: 'SIGKILL' });
  });

  it('tells what it said last where it ends before it is up', async () => {
    const code = 'for (let i = 0; i < 30; i++) console.log("line " + i); process.exitCode = 1';
    const message = await failureOf((await nodeOf(code)).start());
    expect(message).to.match(/^node 7 of Kafka ended \(1\) before it was up\. Its last lines:\nline 10\n/);
    expect(message).to.match(/line 29$/);
    expect(node?.running).to.equal(false);
  });

  it('is given up where it is not up in time', async () => {
    const message = await failureOf((await nodeOf(STAY)).start({ within: 1 }));
    expect(message).to.match(/^node 7 of Kafka was not up within 1 ms/);
    expect(node?.running).to.equal(false);
  });

  it('does not start on a port that is taken', async () => {
    const broker = await nodeOf(UP + STAY);
    const server = createServer().listen(broker.port, HOST);
    await once(server, 'listening');
    try {
      expect(await failureOf(broker.start())).to.equal(`port ${broker.port} is taken: something else listens there`);
    } finally {
      await new Promise((closed) => server.close(closed));
    }
    expect(broker.running).to.equal(false);
  });
});
