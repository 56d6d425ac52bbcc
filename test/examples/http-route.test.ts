import { once } from 'node:events';
import type { Server } from 'node:http';
import { expect } from 'chai';
import { firstValueFrom, NEVER, Subject } from 'rxjs';
import { type LabelServerOptions, labelServer } from '../../examples/http-route.ts';
import {
  type Classifier,
  Clock,
  characters,
  type Document,
  type Subtask,
  subtask,
  Vocabulary,
} from '../../operators/index.ts';
import { runExample } from './run-example.ts';

describe('examples/http-route', function () {
  this.timeout(30_000); // a process with models in it, perhaps on a busy machine

  const servers: Server[] = [];
  afterEach(() => {
    for (const server of servers.splice(0)) server.close().closeAllConnections();
  });

  async function serve(
    score: Subtask<Document>['score'],
    options: LabelServerOptions = {},
  ): Promise<{ url: string; server: Server }> {
    const classifier: Classifier = {
      tokenizer: characters(),
      vocabulary: new Vocabulary([]),
      subtasks: [subtask('tech', ['tech', 'finance'], score)],
      weights: {},
      bias: {},
    };
    const server = labelServer(classifier, options).listen(0);
    servers.push(server);
    await once(server, 'listening');
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('no port');
    return { url: `http://localhost:${address.port}/label`, server };
  }
  const certain = (documents: readonly Document[]): number[] => documents.flatMap(() => [0.9, 0.1]);
  const post = (url: string, body: string): Promise<Response> => fetch(url, { method: 'POST', body });

  it('labels a burst of requests in few batches', async () => {
    const [answers, batches] = await runExample('http-route', '--demo');
    expect(answers).to.equal('200 requests at once: 200 labelled, 0 turned away');
    expect(Number(/([\d.]+) documents each/.exec(batches ?? '')?.[1])).to.be.above(1);
  });

  it('answers with label and confidence', async () => {
    const { url } = await serve(certain);
    const response = await post(url, '新款手机');
    expect(response.status).to.equal(200);
    expect(await response.json())
      .to.have.keys('label', 'confidence')
      .and.to.include({ label: 'tech' });
  });

  it('gives each of many requests its own answer', async () => {
    const { url } = await serve((documents) =>
      documents.flatMap(({ text }) => (text.startsWith('t') ? [0.9, 0.1] : [0.1, 0.9])),
    );
    const texts = Array.from({ length: 40 }, (_, i) => (i % 3 === 0 ? 'tech' : 'finance'));
    const labels = await Promise.all(
      texts.map(async (text) => ((await (await post(url, text)).json()) as { label: string }).label),
    );
    expect(labels).to.deep.equal(texts);
  });

  it('turns requests away with 503 while as many as may be are under way', async () => {
    const asked = new Subject<void>();
    const { url } = await serve(
      () => {
        asked.next();
        return NEVER;
      },
      { maxInFlight: 1 },
    );
    const first = firstValueFrom(asked);
    const abort = new AbortController();
    const hanging = fetch(url, { method: 'POST', body: 'a', signal: abort.signal }).catch(() => undefined);
    await first;
    const second = await post(url, 'b');
    expect(second.status).to.equal(503);
    expect(second.headers.get('retry-after')).to.equal('1');
    expect(await second.json()).to.include({ code: 'OVERFLOW' });
    abort.abort();
    await hanging;
  });

  it('answers 422 for what cannot be labelled, and goes on', async () => {
    const { url } = await serve((documents) => {
      if (documents.some(({ text }) => text === 'bad')) throw new Error('no');
      return certain(documents);
    });
    expect((await post(url, 'bad')).status).to.equal(422);
    expect((await post(url, 'good')).status).to.equal(200);
  });

  it('refuses what is no text to label', async () => {
    const { url } = await serve(certain, { maxBody: 10 });
    expect((await post(url, '12345678901')).status).to.equal(413);
    expect((await post(url, ' \n')).status).to.equal(400);
    expect((await fetch(url)).status).to.equal(405);
    expect((await post(`${url}s`, 'a')).status).to.equal(404);
  });

  it('answers what it has taken when it is closed', async () => {
    const answer = new Subject<number[]>();
    const asked = new Subject<void>();
    const { url, server } = await serve(
      () => {
        asked.next();
        return answer;
      },
      { clock: new Clock({ period: 1 }) },
    );
    const taken = firstValueFrom(asked);
    const response = post(url, 'a');
    await taken;
    const closed = once(server, 'close');
    server.close();
    answer.next([0.9, 0.1]);
    expect((await response).status).to.equal(200);
    await closed;
  });
});
