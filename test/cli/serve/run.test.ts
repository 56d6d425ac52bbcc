import { expect } from 'chai';
import { runServe, type ServeArguments } from '../../../cli/serve/run.ts';
import type { ServiceParts } from '../../../cli/serve/service.ts';
import { LockstepError } from '../../../src/errors.ts';
import { fakeModels } from '../fake-model.ts';
import { type TestConsole, testConsole } from '../test-console.ts';
import { type FakeCluster, fakeCluster } from './fake-cluster.ts';
import { type LogLine, linesOf } from './log-lines.ts';

const OPTIONS: ServeArguments['options'] = {
  brokers: 'a:1',
  group: 'g',
  in: 'documents',
  out: 'verdicts',
  deadLetters: 'dead',
  clock: '1ms',
  port: '0',
  host: '127.0.0.1',
};
const ASSIGN = {
  type: 'assign',
  groupId: 'g',
  epoch: 1,
  partitions: [{ topic: 'documents', partition: 0 }],
  revoked: [],
} as const;

/** A service that runs on a cluster that the test plays. */
class Serving {
  readonly console: TestConsole;
  readonly cluster: FakeCluster;
  readonly models = fakeModels();
  readonly ended: Promise<number>;

  constructor({
    options = {},
    env = {},
    cluster = fakeCluster(),
    parts = {},
  }: {
    readonly options?: ServeArguments['options'];
    readonly env?: Readonly<Record<string, string>>;
    readonly cluster?: FakeCluster;
    readonly parts?: Partial<ServiceParts>;
  } = {}) {
    this.console = testConsole({ env });
    this.cluster = cluster;
    const { prepare } = cluster;
    this.ended = runServe({ options: { ...OPTIONS, ...options }, printConfig: false }, this.console, {
      load: (model) => this.models.load(model),
      prepare,
      ofProcess: false,
      ...parts,
    });
  }

  lines(): LogLine[] {
    return linesOf(this.console.out());
  }

  line(msg: string): LogLine | undefined {
    return this.lines().find((line) => line.msg === msg);
  }

  /** Resolves when something holds. */
  async until(holds: () => boolean): Promise<void> {
    while (!holds()) await new Promise((resolve) => setImmediate(resolve));
  }

  async get(path: string): Promise<{ readonly status: number; readonly body: string }> {
    await this.until(() => this.line('answers /live, /ready and /metrics') !== undefined);
    const { port } = this.line('answers /live, /ready and /metrics') ?? {};
    const response = await fetch(`http://127.0.0.1:${port}${path}`);
    return { status: response.status, body: await response.text() };
  }
}

describe('lockstep serve', () => {
  it('labels what comes, by the model for its script, until it is asked to stop', async () => {
    const serving = new Serving();
    const { cluster } = serving;
    await cluster.begun;
    cluster.tell(ASSIGN);
    for (const text of ['oil', '科技', 'cup', 'привет']) cluster.send(text);
    await serving.until(() => cluster.verdicts.length === 3);
    serving.console.interrupt('SIGTERM');
    expect(await serving.ended).to.equal(0);
    expect(cluster.verdicts).to.have.members(['oil business', '科技 tech', 'cup sports']);
    expect(serving.models.closed).to.have.members(['zh-topics', 'en-news']);
    expect(serving.console.listens()).to.equal(false);
    expect(serving.console.err()).to.equal('');
    expect(serving.lines().at(-1)).to.deep.equal({
      level: 'info',
      documents: 3,
      deadLetters: 1,
      seconds: 0,
      msg: 'ends',
    });
  });

  it('says in the log what it does and what happens', async () => {
    const serving = new Serving({
      env: { LOCKSTEP_KAFKA_USERNAME: 'alice', LOCKSTEP_KAFKA_PASSWORD: 'geheim', LOCKSTEP_LOG_LEVEL: 'trace' },
    });
    await serving.cluster.begun;
    serving.cluster.tell(ASSIGN);
    serving.console.interrupt('SIGINT');
    await serving.ended;
    expect(serving.lines().map(({ level, msg }) => `${level} ${msg}`)).to.deep.equal([
      'info begins',
      'warn the connection to the brokers is not encrypted, and neither is the password',
      'info answers /live, /ready and /metrics',
      'info a model is loaded',
      'info a model is loaded',
      'info the cluster has the topics',
      'info the group gave us partitions',
      'info asked to stop; a second signal ends it at once',
      'info takes no more, and finishes what is in flight',
      'info left the group',
      'info ends',
    ]);
    expect(serving.lines()[0]).to.deep.include({ brokers: ['a:1'], group: 'g', in: ['documents'], model: 'by script' });
    expect(serving.console.out()).not.to.include('geheim');
  });

  it('loads the model that is named, and only that', async () => {
    const serving = new Serving({ options: { model: 'en-news' } });
    await serving.cluster.begun;
    serving.cluster.send('oil');
    serving.cluster.send('科技');
    await serving.until(() => serving.cluster.verdicts.length === 2);
    serving.console.interrupt('SIGTERM');
    expect(await serving.ended).to.equal(0);
    expect([serving.models.loaded, serving.models.closed]).to.deep.equal([['en-news'], ['en-news']]);
  });

  it('is ready when the model is loaded and the group joined, and not when it was asked to stop', async () => {
    let release = (): void => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    const models = fakeModels();
    const load = async (model: string) => {
      await held;
      return models.load(model);
    };
    const serving = new Serving({ options: { model: 'en-news' }, parts: { load } });
    const { cluster } = serving;
    const reasons = async (): Promise<string[]> => JSON.parse((await serving.get('/ready')).body).reasons;
    expect(await reasons()).to.deep.equal(['the model is not loaded yet', 'the group is not joined yet']);
    release();
    await cluster.begun;
    expect(await reasons()).to.deep.equal(['the group is not joined yet']);
    cluster.tell(ASSIGN);
    expect((await serving.get('/ready')).status).to.equal(200);
    cluster.tell({ type: 'crash', error: new Error('gone'), retryIn: 1000 });
    expect(await reasons()).to.deep.equal(['the consumer ended: gone']);
    expect((await serving.get('/live')).status).to.equal(200);
    cluster.tell(ASSIGN);
    cluster.tell({ type: 'silence', milliseconds: 60_000 });
    expect((await serving.get('/live')).status).to.equal(503);
    cluster.tell(ASSIGN);
    const asking = serving.get('/live');
    cluster.send('oil'); // in flight until the next edge
    serving.console.interrupt('SIGTERM');
    expect((await asking).status).to.equal(200);
    expect(await serving.ended).to.equal(0);
    expect(cluster.verdicts).to.deep.equal(['oil business']);
  });

  it('gives metrics of what it did', async () => {
    const serving = new Serving({ options: { batch: '2' } });
    const { cluster } = serving;
    await cluster.begun;
    for (const text of ['oil', 'oil', 'oil', 'привет']) cluster.send(text);
    await serving.until(() => cluster.verdicts.length === 3);
    const { body } = await serving.get('/metrics');
    for (const sample of [
      'messaging_client_consumed_messages_total{messaging_system="kafka",messaging_operation_name="poll",messaging_destination_name="documents",messaging_consumer_group_name="g"} 4',
      'lockstep_documents_total{label="business"} 3',
      'lockstep_dead_letters_total{code="INVALID_DOCUMENT"} 1',
      'lockstep_latency_seconds_count 3',
      'lockstep_batches_total{model="en-news"} 2',
      'lockstep_batch_documents_total{model="en-news"} 3',
      'lockstep_model_info{model="zh-topics",backend="none"} 1',
    ])
      expect(body).to.include(`${sample}\n`);
    serving.console.interrupt();
    await serving.ended;
  });

  it('answers no HTTP requests if told so', async () => {
    const serving = new Serving({ options: { http: false } });
    await serving.cluster.begun;
    serving.console.interrupt();
    expect(await serving.ended).to.equal(0);
    expect(serving.line('answers /live, /ready and /metrics')).to.equal(undefined);
  });

  it('ends with 0 when it is asked to stop before the cluster is reached', async () => {
    const cluster = fakeCluster(
      (signal) => new Promise((resolve) => signal.addEventListener('abort', () => resolve(undefined))),
    );
    const serving = new Serving({ cluster });
    await serving.until(() => serving.models.loaded.length === 2);
    serving.console.interrupt('SIGTERM');
    expect(await serving.ended).to.equal(0);
    expect(serving.models.closed).to.have.length(2);
  });

  it('does not begin when it is asked to stop while the model is being loaded', async () => {
    const cluster = fakeCluster(() => Promise.reject(new Error('not to be asked')));
    const serving = new Serving({ cluster });
    await serving.until(() => serving.console.listens());
    serving.console.interrupt('SIGTERM');
    expect(await serving.ended).to.equal(0);
  });

  it('ends with 1, and says why, when the pipeline fails', async () => {
    const serving = new Serving();
    await serving.cluster.begun;
    serving.cluster.fail(new LockstepError('SINK_FAILED', 'Cannot send', { cause: new Error('disk full') }));
    expect(await serving.ended).to.equal(1);
    expect(serving.line('cannot go on')).to.deep.equal({
      level: 'fatal',
      err: {
        type: 'LockstepError',
        code: 'SINK_FAILED',
        message: 'Cannot send',
        cause: { type: 'Error', message: 'disk full' },
      },
      msg: 'cannot go on',
    });
    expect(serving.lines().at(-1)?.msg).to.equal('ends');
    expect(serving.console.listens()).to.equal(false);
    expect(serving.models.closed).to.have.length(2);
  });

  it('ends with 2 for what is wrong with the settings, and else with 1, before anything is read', async () => {
    const wrong = new LockstepError('INVALID_ARGUMENT', 'the cluster has no documents');
    for (const [failing, code] of [
      [{ cluster: fakeCluster(() => Promise.reject(wrong)) }, 2],
      [{ cluster: fakeCluster(() => Promise.reject(new Error('The brokers do not let us in'))) }, 1],
      [{ parts: { load: () => Promise.reject(new LockstepError('INVALID_ENSEMBLE', 'no weights')) } }, 1],
      [{ parts: { prepare: () => Promise.reject(new Error('npm install kafkajs')) } }, 1],
    ] as const) {
      const serving = new Serving(failing);
      expect(await serving.ended).to.equal(code);
      expect(serving.line('cannot go on')?.level).to.equal('fatal');
      expect(serving.models.closed).to.have.members(serving.models.loaded);
    }
  });

  it('ends with 2 when the port is taken', async () => {
    const first = new Serving();
    await first.get('/live');
    const second = new Serving({ options: { port: String(first.line('answers /live, /ready and /metrics')?.port) } });
    expect(await second.ended).to.equal(2);
    expect(JSON.stringify(second.line('cannot go on'))).to.include('EADDRINUSE');
    await first.cluster.begun;
    first.console.interrupt();
    await first.ended;
  });

  it('says all that is wrong with the settings, a line each, and ends with 2', async () => {
    const serving = new Serving({ options: { batch: 'many', out: 'documents' }, env: { LOCKSTEP_DRAIN: '5' } });
    expect(await serving.ended).to.equal(2);
    expect(serving.console.out()).to.equal('');
    expect(serving.console.err().split('\n')).to.deep.equal([
      'lockstep: --batch: expected a whole number of at least 1, got "many"',
      'lockstep: LOCKSTEP_DRAIN: expected a time of at least 1 ms with its unit, such as 5ms, 0.5s or 2m, got "5"',
      'lockstep: --out: expected a topic of its own, got "documents" once more',
      '',
    ]);
  });

  it('shows the settings, and does no more', async () => {
    const console = testConsole({ env: { LOCKSTEP_KAFKA_USERNAME: 'alice', LOCKSTEP_KAFKA_PASSWORD: 'geheim' } });
    expect(await runServe({ options: OPTIONS, printConfig: true }, console)).to.equal(0);
    expect(console.out())
      .to.match(/^kafka:\n {2}brokers: \[ a:1 \] # --brokers\n/)
      .and.not.include('geheim');
    expect(console.err()).to.equal('');
  });
});
