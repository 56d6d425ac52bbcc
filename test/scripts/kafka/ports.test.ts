import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { expect } from 'chai';
import { Failure } from '../../../scripts/kafka/failure.ts';
import { brokersSeenBy, freePort, HOST, isFree, portsToTry } from '../../../scripts/kafka/ports.ts';

describe('ports for a broker', () => {
  let server: Server;
  let port = 0;

  const sockets = new Set<Socket>();

  beforeEach(async () => {
    server = createServer((socket) => sockets.add(socket.on('error', () => undefined)));
    await once(server.listen(0, HOST), 'listening');
    const address = server.address();
    port = isAddress(address) ? address.port : 0;
  });

  afterEach(close);

  async function close(): Promise<void> {
    for (const socket of sockets) socket.destroy();
    if (server.listening) await new Promise((closed) => server.close(closed));
  }

  it('sees whether a port is taken', async () => {
    expect(await isFree(port)).to.equal(false);
    await close();
    expect(await isFree(port)).to.equal(true);
  });

  it('finds one that nobody has, below those of outgoing connections', async () => {
    const found = await freePort();
    expect(await isFree(found)).to.equal(true);
    expect(portsToTry(32_768)).to.deep.equal([10_000, 32_767]);
    expect(portsToTry(1_024)).to.deep.equal([61_000, 65_535]);
  });

  it('passes over ports that are taken, or promised to others', async () => {
    const asked: number[] = [];
    const taken = new Set<number>();
    const found = await freePort(taken, async (candidate) => {
      asked.push(candidate);
      return asked.length === 3;
    });
    expect(asked).to.have.length(3);
    expect(found).to.equal(asked[2]);
  });

  it('gives up when all are taken', async () => {
    const error = await freePort(new Set(), async () => false).catch((reason: unknown) => reason);
    expect(error)
      .to.be.instanceOf(Failure)
      .with.property('message')
      .that.matches(/^found no free port between \d+ and \d+$/);
  });

  describe('brokersSeenBy', () => {
    it('asks for the metadata, and reads how many brokers are in the answer, in pieces too', async () => {
      const questions: Buffer[] = [];
      server.on('connection', (socket) =>
        socket.once('data', (question) => {
          questions.push(question);
          const answer = Buffer.from([0, 0, 0, 30, 0, 0, 0, 1, 0, 0, 0, 3, 9]);
          socket.write(answer.subarray(0, 10), () => socket.write(answer.subarray(10)));
        }),
      );
      expect(await brokersSeenBy(port)).to.equal(3);
      const [question = Buffer.alloc(0)] = questions;
      expect(question.readInt32BE(0)).to.equal(question.length - 4);
      expect([question.readInt16BE(4), question.readInt16BE(6)]).to.deep.equal([3, 1]);
    });

    it('sees none where the connection is closed, or refused', async () => {
      server.on('connection', (socket) => socket.destroy());
      expect(await brokersSeenBy(port)).to.equal(0);
      await close();
      expect(await brokersSeenBy(port)).to.equal(0);
    });

    it('sees none where nobody answers in time', async () => {
      const connected = once(server, 'connection');
      expect(await brokersSeenBy(port, 1)).to.equal(0);
      await connected;
    });
  });
});

function isAddress(address: AddressInfo | string | null): address is AddressInfo {
  return typeof address === 'object' && address !== null;
}
