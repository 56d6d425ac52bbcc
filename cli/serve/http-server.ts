import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { LockstepError } from '../../src/errors.ts';
import type { HealthReport } from './health.ts';

/** What can be asked for. */
export interface Endpoints {
  readonly live: () => HealthReport;
  readonly ready: () => HealthReport;
  readonly metrics: () => Promise<{ readonly contentType: string; readonly text: string }>;
}

/** A server that runs. */
export interface HttpServer {
  readonly port: number;
  close(): Promise<void>;
}

interface Answer {
  readonly status: number;
  readonly type: string;
  readonly body: string;
  readonly allow?: string;
}

const JSON_TYPE = 'application/json; charset=utf-8';
const METHODS = 'GET, HEAD';
/** Milliseconds for the head of a request: those who ask are machines nearby. */
const HEADERS_TIMEOUT = 10_000;

/**
 * Answers `/live`, `/ready` and `/metrics`.
 *
 * @param host all addresses of this machine if undefined
 * @throws LockstepError `INVALID_ARGUMENT` if it cannot listen there
 */
export async function startHttpServer(
  { port, host }: { readonly port: number; readonly host: string | undefined },
  endpoints: Endpoints,
): Promise<HttpServer> {
  const server = createServer(
    { headersTimeout: HEADERS_TIMEOUT, requestTimeout: HEADERS_TIMEOUT },
    (request, response) => {
      answer(request, endpoints).then(
        (found) => send(response, found),
        (error) => send(response, failed(500, error instanceof Error ? error.message : String(error))),
      );
    },
  );
  server.listen({ port, host });
  try {
    await once(server, 'listening');
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new LockstepError('INVALID_ARGUMENT', `Cannot answer HTTP requests: ${why}`, { cause });
  }
  return {
    port: portOf(server.address()),
    close: async () => {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

async function answer({ method, url = '' }: IncomingMessage, endpoints: Endpoints): Promise<Answer> {
  const [path] = url.split('?', 1);
  if (path !== '/live' && path !== '/ready' && path !== '/metrics')
    return failed(404, 'there are /live, /ready and /metrics');
  if (method !== 'GET' && method !== 'HEAD') return { ...failed(405, `expected ${METHODS}`), allow: METHODS };
  if (path === '/live') return health('live', endpoints.live());
  if (path === '/ready') return health('ready', endpoints.ready());
  const { contentType, text } = await endpoints.metrics();
  return { status: 200, type: contentType, body: text };
}

function health(name: string, { ok, reasons }: HealthReport): Answer {
  const body = JSON.stringify({ status: ok ? name : `not ${name}`, reasons });
  return { status: ok ? 200 : 503, type: JSON_TYPE, body: `${body}\n` };
}

function failed(status: number, error: string): Answer {
  return { status, type: JSON_TYPE, body: `${JSON.stringify({ error })}\n` };
}

/** Node itself leaves the body out for `HEAD`. */
function send(response: ServerResponse, { status, type, body, allow }: Answer): void {
  response.writeHead(status, {
    'content-type': type,
    'content-length': Buffer.byteLength(body),
    'cache-control': 'no-store',
    ...(allow && { allow }),
  });
  response.end(body);
}

function portOf(address: AddressInfo | string | null): number {
  return typeof address === 'object' && address !== null ? address.port : 0;
}
