import { once } from 'node:events';
import { connect } from 'node:net';
import { expect } from 'chai';
import type { HealthReport } from '../../../cli/serve/health.ts';
import { type Endpoints, type HttpServer, startHttpServer } from '../../../cli/serve/http-server.ts';
import { LockstepError } from '../../../src/errors.ts';

const WELL: HealthReport = { ok: true, reasons: [] };
const HOST = '127.0.0.1';

describe('the HTTP server of serve', () => {
  const open: HttpServer[] = [];
  afterEach(() => Promise.all(open.splice(0).map((server) => server.close())));

  async function start(endpoints: Partial<Endpoints> = {}): Promise<string> {
    const server = await startHttpServer(
      { port: 0, host: HOST },
      {
        live: () => WELL,
        ready: () => WELL,
        metrics: async () => ({ contentType: 'text/plain; version=0.0.4; charset=utf-8', text: 'up 1\n' }),
        ...endpoints,
      },
    );
    open.push(server);
    return `http://${HOST}:${server.port}`;
  }

  it('answers 200 while all is well', async () => {
    const url = await start();
    for (const name of ['live', 'ready']) {
      const response = await fetch(`${url}/${name}`);
      expect([response.status, await response.text()]).to.deep.equal([200, `{"status":"${name}","reasons":[]}\n`]);
      expect(response.headers.get('content-type')).to.equal('application/json; charset=utf-8');
      expect(response.headers.get('cache-control')).to.equal('no-store');
    }
  });

  it('answers 503 with the reasons, and asks anew each time', async () => {
    let report = WELL;
    const url = await start({ ready: () => report });
    expect((await fetch(`${url}/ready?verbose`)).status).to.equal(200);
    report = { ok: false, reasons: ['the model is not loaded yet', '"quoted"'] };
    const response = await fetch(`${url}/ready`);
    expect([response.status, await response.json()]).to.deep.equal([
      503,
      { status: 'not ready', reasons: ['the model is not loaded yet', '"quoted"'] },
    ]);
    expect((await fetch(`${url}/live`)).status).to.equal(200);
  });

  it('gives metrics as text', async () => {
    const response = await fetch(`${await start()}/metrics`);
    expect(await response.text()).to.equal('up 1\n');
    expect(response.headers.get('content-type')).to.equal('text/plain; version=0.0.4; charset=utf-8');
  });

  it('answers HEAD without a body', async () => {
    const response = await fetch(`${await start()}/metrics`, { method: 'HEAD' });
    expect([response.status, response.headers.get('content-length'), await response.text()]).to.deep.equal([
      200,
      '5',
      '',
    ]);
  });

  it('has nothing else, and changes nothing', async () => {
    const url = await start();
    for (const path of ['/', '/live/', '/metrics/x', '/%00', '//live'])
      expect((await fetch(url + path)).status, path).to.equal(404);
    const posted = await fetch(`${url}/live`, { method: 'POST', body: 'x' });
    expect([posted.status, posted.headers.get('allow')]).to.deep.equal([405, 'GET, HEAD']);
  });

  it('answers 500 when something goes wrong, and goes on', async () => {
    const url = await start({
      metrics: async () => {
        throw new Error('broken');
      },
      live: () => {
        throw new Error('broken too');
      },
    });
    for (const path of ['/metrics', '/live']) expect((await fetch(url + path)).status).to.equal(500);
    expect((await fetch(`${url}/ready`)).status).to.equal(200);
  });

  it('lives through what is no HTTP', async () => {
    const url = await start();
    const socket = connect(Number(new URL(url).port), HOST);
    socket.end('\0\0\0\n\n');
    socket.resume();
    await once(socket, 'close');
    expect((await fetch(`${url}/live`)).status).to.equal(200);
  });

  it('says when it cannot listen', async () => {
    const port = Number(new URL(await start()).port);
    const endpoints = {
      live: () => WELL,
      ready: () => WELL,
      metrics: async () => ({ contentType: 'text/plain', text: '' }),
    };
    const failure = await startHttpServer({ port, host: HOST }, endpoints).catch((error) => error);
    expect(failure).to.be.instanceOf(LockstepError).and.include({ code: 'INVALID_ARGUMENT' });
    expect(failure.message).to.match(/^Cannot answer HTTP requests: .*EADDRINUSE/);
  });

  it('closes at once, whoever is still connected', async () => {
    const url = await start();
    const socket = connect(Number(new URL(url).port), HOST);
    await once(socket, 'connect');
    socket.on('error', () => {}); // it is cut off
    const closed = once(socket, 'close');
    await Promise.all(open.splice(0).map((server) => server.close()));
    await closed;
    expect(await fetch(`${url}/live`).catch(() => 'refused')).to.equal('refused');
  });
});
