import { readFile } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { Failure } from './failure.ts';

/** Everything listens here, and nowhere else. */
export const HOST = '127.0.0.1';

const TRIES = 200;
/** Linux's lowest ephemeral port, unless it was set otherwise. */
const EPHEMERAL = 32_768;
const LOWEST = 10_000;
/** Where ephemeral ports leave no room beneath them. */
const ABOVE: readonly [number, number] = [61_000, 65_535];

/** Whether nobody listens on a port. */
export function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, HOST, () => server.close(() => resolve(true)));
  });
}

/**
 * Finds a free port below the ephemeral ones: one of those can be taken, while a broker is down, by any outgoing
 * connection, even by a client that tries to connect to the broker.
 *
 * @param taken ports to stay away from
 * @throws Failure where none is found
 */
export async function freePort(
  taken: ReadonlySet<number> = new Set(),
  free: (port: number) => Promise<boolean> = isFree,
): Promise<number> {
  const [from, to] = portsToTry(await lowestEphemeral());
  for (let i = 0; i < TRIES; i++) {
    const port = from + Math.floor(Math.random() * (to - from + 1));
    if (!taken.has(port) && (await free(port))) return port;
  }
  throw new Failure(`found no free port between ${from} and ${to}`);
}

/** First and last port that a broker may get. */
export function portsToTry(ephemeral: number): readonly [number, number] {
  return ephemeral > LOWEST + 2_000 ? [LOWEST, ephemeral - 1] : ABOVE;
}

async function lowestEphemeral(): Promise<number> {
  const range = await readFile('/proc/sys/net/ipv4/ip_local_port_range', 'utf8').catch(() => '');
  return Number.parseInt(range, 10) || EPHEMERAL;
}

/** A Metadata request, version 1, about no topic: the smallest question to which the answer names all brokers. */
const METADATA = Buffer.from('\0\0\0\x13\0\x03\0\x01\0\0\0\x01\0\x05ready\0\0\0\0', 'latin1');
/** In the answer, after its size and the number of the request. */
const BROKER_COUNT_AT = 8;

/** How many brokers the one at this port knows to be up; 0 if it does not answer within the time, in ms. */
export function brokersSeenBy(port: number, within = 2_000): Promise<number> {
  return new Promise((resolve) => {
    const socket = connect(port, HOST, () => socket.write(METADATA));
    let answer = Buffer.alloc(0);
    const settle = (count: number) => {
      socket.destroy();
      resolve(count);
    };
    socket.setTimeout(within, () => settle(0));
    socket.on('error', () => settle(0));
    socket.on('close', () => resolve(0));
    socket.on('data', (chunk) => {
      answer = Buffer.concat([answer, chunk]);
      if (answer.length >= BROKER_COUNT_AT + 4) settle(answer.readInt32BE(BROKER_COUNT_AT));
    });
  });
}
