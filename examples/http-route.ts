// An HTTP route that labels its body. All requests share one pipeline and one clock: those that come together are one batch.
//
//   node --import tsx examples/http-route.ts                   serve on port 8080, or $PORT, until SIGTERM or Ctrl-C
//   curl --data '央行宣布下调存款准备金率' localhost:8080/label
//   node --import tsx examples/http-route.ts --demo            send itself 200 requests at once
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  acknowledge,
  admit,
  type Classifier,
  type ClassifyOptions,
  Counters,
  classify,
  deadLetter,
  loadEnsemble,
  shippedModel,
} from 'rx-lockstep';
import { Subject } from 'rxjs';

/** Options of {@link labelServer}. */
export interface LabelServerOptions extends ClassifyOptions {
  /** Requests that may be under way; one more is answered with 503. @default 256 */
  readonly maxInFlight?: number;
  /** Bytes a body may have; a longer one is answered with 413. @default 65,536 */
  readonly maxBody?: number;
}

/** A server that answers `POST /label` with the label of the body. Closing it answers what it has taken, and takes no more. */
export function labelServer(
  classifier: Classifier,
  { maxInFlight = 256, maxBody = 65_536, ...options }: LabelServerOptions = {},
): Server {
  const documents = new Subject<{ readonly id: number; readonly text: string }>();
  const responses = new Map<unknown, ServerResponse>();
  let requests = 0;

  const reply = (id: unknown, status: number, body: object): void => {
    const response = responses.get(id);
    if (!response) return;
    if (!server.listening) response.setHeader('connection', 'close'); // or it would stay open for the next request
    send(response, status, body);
  };

  documents
    .pipe(
      deadLetter(({ document, reason: { code, message } }) =>
        reply(document.id, code === 'OVERFLOW' ? 503 : 422, { code, message }),
      ),
      admit({ maxInFlight, maxWaiting: 0, overflow: 'drop-newest' }),
      classify(classifier, options),
      acknowledge(),
    )
    .subscribe(({ id, verdict: { label, confidence } }) => reply(id, 200, { label, confidence }));

  async function route(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (request.url !== '/label') return send(response, 404, { message: 'there is only /label' });
    if (request.method !== 'POST') return send(response, 405, { message: 'POST the text to label' });
    const text = await bodyOf(request, maxBody);
    if (text === undefined) return send(response, 413, { message: `at most ${maxBody} bytes, please` });
    if (text.trim() === '') return send(response, 400, { message: 'there is no text in the body' });
    const id = requests++;
    responses.set(id, response);
    response.once('close', () => responses.delete(id)); // answered, or the client has left
    documents.next({ id, text });
  }

  const server = createServer((request, response) => {
    route(request, response).catch(() => response.destroy()); // the client left while it was sending
  });
  return server.once('close', () => documents.complete());
}

async function bodyOf(request: IncomingMessage, maxBytes: number): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request) {
    bytes += chunk.length;
    if (bytes <= maxBytes) chunks.push(chunk);
  }
  return bytes <= maxBytes ? Buffer.concat(chunks).toString() : undefined;
}

function send(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json', ...(status === 503 && { 'retry-after': '1' }) });
  response.end(`${JSON.stringify(body)}\n`);
}

/** Sends a burst of requests, and says how they were answered. */
async function burst(port: number, requests: number): Promise<string> {
  const file = await readFile(new URL('data/headlines.zh.txt', import.meta.url), 'utf8');
  const headlines = file.trim().split('\n');
  const statuses = await Promise.all(
    Array.from({ length: requests }, async (_, i) => {
      const body = headlines[i % headlines.length] ?? '';
      const response = await fetch(`http://localhost:${port}/label`, { method: 'POST', body });
      await response.json();
      return response.status;
    }),
  );
  const labelled = statuses.filter((status) => status === 200).length;
  return `${requests} requests at once: ${labelled} labelled, ${requests - labelled} turned away`;
}

async function main({ demo }: { readonly demo: boolean }): Promise<void> {
  const counters = new Counters();
  const news = await loadEnsemble(shippedModel('zh-topics'));
  const server = labelServer(news, { observe: counters.record });
  server.listen(demo ? 0 : Number(process.env.PORT ?? 8080));
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  if (demo) {
    console.log(await burst(port, 200));
    const { batches, meanBatch } = counters.snapshot();
    console.log(`${batches} batches, ${meanBatch.toFixed(1)} documents each`);
    server.close();
  } else {
    console.log(`POST a text to http://localhost:${port}/label`);
    for (const signal of ['SIGTERM', 'SIGINT']) process.once(signal, () => server.close());
  }
  await once(server, 'close');
  await news.close();
}

if (process.argv[1] === import.meta.filename) main({ demo: process.argv.includes('--demo') });
