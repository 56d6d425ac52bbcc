import { expect } from 'chai';
import type { Document, Encoded } from '../../src/document/document.ts';
import { LockstepError } from '../../src/errors.ts';
import { loadBackend } from '../../src/subtasks/backend.ts';
import type { Engine } from '../../src/subtasks/engine.ts';
import { ModelThread } from '../../src/subtasks/model-thread.ts';
import { buildNetwork, type NamedWeights } from '../../src/subtasks/network.ts';
import type { NetworkConfig } from '../../src/subtasks/network-config.ts';
import type { NgramsLane } from '../../src/subtasks/ngrams/ngram-table.ts';
import type { PackedIds } from '../../src/subtasks/pack-ids.ts';
import { subtasksOf } from '../../src/subtasks/subtasks-of.ts';
import type { ScoreTask } from '../../src/subtasks/worker-messages.ts';
import { codeOf } from './toy.ts';

const CONFIG: NetworkConfig = {
  vocabularySize: 10,
  embedding: { dimensions: 3, shared: true },
  maxLength: 4,
  lanes: [
    { kind: 'cnn', name: 'tech', labels: ['tech'], widths: [2], filters: 2 },
    { kind: 'fcn', name: 'topics', labels: ['a', 'b'], hidden: [], pooling: 'mean' },
  ],
};

function encoded(...ids: number[]): Document & Encoded {
  return { text: ids.join(' '), ids: Int32Array.from(ids), unknown: 0 };
}

/** What an engine was asked. */
interface Asked {
  readonly lane: string;
  readonly packed: PackedIds;
  readonly texts?: readonly string[];
}

const NOTHING: PackedIds = { data: new Int32Array(), rows: 0, columns: 0 };

/** An engine that answers when told to. */
class FakeEngine implements Engine {
  readonly backend = 'cpu';
  readonly notes: readonly string[] = ['a note'];
  readonly asked: Asked[] = [];
  readonly held: boolean[] = [];
  alive = true;
  readonly #answers: { resolve(scores: readonly Float32Array[]): void; reject(error: unknown): void }[] = [];

  score(task: ScoreTask): Promise<readonly Float32Array[]> {
    this.asked.push('lane' in task ? task : { lane: `group ${task.group}`, packed: NOTHING, texts: task.texts });
    return new Promise((resolve, reject) => this.#answers.push({ resolve, reject }));
  }

  hold(busy: boolean): void {
    this.held.push(busy);
  }

  answer(...scores: number[]): void {
    this.answers(scores);
  }

  /** Of several lanes. */
  answers(...scores: number[][]): void {
    this.#answers.shift()?.resolve(scores.map((lane) => Float32Array.from(lane)));
  }

  fail(error: unknown): void {
    this.#answers.shift()?.reject(error);
  }

  die(): void {
    this.alive = false;
    const error = new LockstepError('WORKER_FAILED', 'died');
    for (const { reject } of this.#answers.splice(0)) reject(error);
  }

  async close(): Promise<void> {
    this.die();
  }
}

/** Lets everything that can go on without an answer go on. */
function settle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

describe('ModelThread', () => {
  let engines: FakeEngine[] = [];
  let thread: ModelThread;
  const engine = () => engines.at(-1) ?? new FakeEngine();

  beforeEach(async () => {
    engines = [];
    thread = await ModelThread.over({ config: CONFIG }, async () => {
      const started = new FakeEngine();
      engines.push(started);
      return started;
    });
  });

  it('packs documents and gives the scores back', async () => {
    const scores = thread.score('tech', [encoded(1, 2, 3, 4, 5), encoded(6)]);
    await settle();
    expect(engine().asked).to.deep.equal([
      { lane: 'tech', packed: { data: Int32Array.of(1, 2, 3, 4, 6, 0, 0, 0), rows: 2, columns: 4 } },
    ]);
    engine().answer(0.5, 0.25);
    expect(await scores).to.deep.equal(Float32Array.of(0.5, 0.25));
    expect(thread).to.include({ backend: 'cpu' }).and.to.have.property('notes').that.deep.equals(['a note']);
  });

  it('packs the documents of a batch once for all lanes', async () => {
    const documents = [encoded(1)];
    for (const lane of ['tech', 'topics']) thread.score(lane, documents);
    await settle();
    const [first, second] = engine().asked;
    expect(first?.packed).to.equal(second?.packed);
  });

  it('keeps two requests in the thread, and the others in order', async () => {
    const order: number[] = [];
    for (const id of [1, 2, 3, 4]) void thread.score('tech', [encoded(id)]).then(([score]) => order.push(score ?? -1));
    await settle();
    expect(engine().asked.map(({ packed }) => packed.data[0])).to.deep.equal([1, 2]);
    engine().answer(1);
    await settle();
    expect(engine().asked.map(({ packed }) => packed.data[0])).to.deep.equal([1, 2, 3]);
    for (const score of [2, 3, 4]) {
      engine().answer(score);
      await settle();
    }
    expect(order).to.deep.equal([1, 2, 3, 4]);
  });

  it('holds the process while something is outstanding, and only then', async () => {
    const scores = [1, 2].map((id) => thread.score('tech', [encoded(id)]));
    await settle();
    expect(engine().held.at(-1)).to.equal(true);
    engine().answer(1);
    await settle();
    expect(engine().held.at(-1)).to.equal(true);
    engine().answer(1);
    await Promise.all(scores);
    await settle();
    expect(engine().held.at(-1)).to.equal(false);
  });

  it('takes a waiting request back when it is aborted', async () => {
    const abort = new AbortController();
    void thread.score('tech', [encoded(1)]);
    void thread.score('tech', [encoded(2)]);
    const aborted = thread.score('tech', [encoded(3)], abort.signal).catch((error) => error);
    void thread.score('tech', [encoded(4)]);
    abort.abort('enough');
    expect(await aborted).to.equal('enough');
    engine().answer(1);
    engine().answer(1);
    await settle();
    expect(engine().asked.map(({ packed }) => packed.data[0])).to.deep.equal([1, 2, 4]);
  });

  it('forgets the answer of a request that is aborted in the thread', async () => {
    const abort = new AbortController();
    const aborted = thread.score('tech', [encoded(1)], abort.signal).catch((error) => error);
    await settle();
    abort.abort('enough');
    expect(await aborted).to.equal('enough');
    engine().answer(1);
    const next = thread.score('tech', [encoded(2)]);
    await settle();
    engine().answer(2);
    expect(await next).to.deep.equal(Float32Array.of(2));
  });

  it('computes nothing for a signal that is aborted already, nor for no documents', async () => {
    expect(await thread.score('tech', [], new AbortController().signal)).to.deep.equal(new Float32Array(0));
    expect(await thread.score('tech', [encoded(1)], AbortSignal.abort('no')).catch((error) => error)).to.equal('no');
    expect(engine().asked).to.deep.equal([]);
  });

  it('passes on what went wrong with one request, and goes on', async () => {
    const failing = thread.score('tech', [encoded(1)]).catch((error) => error);
    const fine = thread.score('tech', [encoded(2)]);
    await settle();
    const error = new LockstepError('SUBTASK_FAILED', 'oh');
    engine().fail(error);
    engine().answer(2);
    expect(await failing).to.equal(error);
    expect(await fine).to.deep.equal(Float32Array.of(2));
  });

  it('rejects what was in a thread that died, and starts it again for what waits', async () => {
    const codes = [1, 2].map((id) => codeOf(() => thread.score('tech', [encoded(id)])));
    const waiting = thread.score('tech', [encoded(3)]);
    await settle();
    engine().die();
    expect(await Promise.all(codes)).to.deep.equal(['WORKER_FAILED', 'WORKER_FAILED']);
    await settle();
    expect(engines).to.have.length(2);
    engine().answer(3);
    expect(await waiting).to.deep.equal(Float32Array.of(3));
  });

  it('gives a thread up that dies four times in a row, but not one that answers in between', async () => {
    const dying = async () => {
      const code = codeOf(() => thread.score('tech', [encoded(1)]));
      await settle();
      engine().die();
      return code;
    };
    for (let round = 0; round < 3; round += 1) await dying();
    const fine = thread.score('tech', [encoded(1)]);
    await settle();
    engine().answer(1);
    await fine;
    for (let round = 0; round < 4; round += 1) expect(await dying()).to.equal('WORKER_FAILED');
    const started = engines.length;
    const error = await thread.score('tech', [encoded(1)]).catch((reason) => reason);
    expect(error).to.be.instanceOf(LockstepError).with.property('message').that.includes('4 times in a row');
    expect(engines).to.have.length(started);
  });

  it('abandons what is outstanding when it is closed, and takes nothing more', async () => {
    const codes = [1, 2, 3].map((id) => codeOf(() => thread.score('tech', [encoded(id)])));
    await settle();
    await Promise.all([thread.close(), thread.close()]);
    expect(await Promise.all(codes)).to.deep.equal(['ABANDONED', 'ABANDONED', 'ABANDONED']);
    expect(await codeOf(() => thread.score('tech', [encoded(1)]))).to.equal('ABANDONED');
    expect(engines).to.have.length(1);
  });

  it('refuses a lane that is not there, and documents that cannot be scored', async () => {
    expect(await codeOf(() => thread.score('sport', [encoded(1)]))).to.equal('INVALID_ARGUMENT');
    for (const id of [-1, 10])
      expect(await codeOf(() => thread.score('tech', [encoded(id)]))).to.equal('INVALID_DOCUMENT');
    const raw: readonly (Document & Encoded)[] = JSON.parse('[{ "text": "not encoded" }, null]');
    for (const document of raw)
      expect(await codeOf(() => thread.score('tech', [document]))).to.equal('INVALID_DOCUMENT');
  });

  it('fails to start as its engine does', async () => {
    const error = new LockstepError('BACKEND_UNAVAILABLE', 'none');
    expect(await ModelThread.over({ config: CONFIG }, () => Promise.reject(error)).catch((reason) => reason)).to.equal(
      error,
    );
  });

  describe('with lanes over n-grams', () => {
    const lane = (name: string, to: number): NgramsLane => ({
      config: { kind: 'ngrams', name, labels: [name], features: { words: [1, to] } },
      tables: [{ keys: new Int32Array(), weights: new Int8Array(), scale: 1, bias: to }],
    });
    const ngrams = [lane('a', 1), lane('b', 2), lane('c', 1)];
    const batch = [encoded(1), encoded(2)];

    it('asks once for a batch, for all lanes over the same n-grams', async () => {
      const fake = new FakeEngine();
      const shared = await ModelThread.over({ config: CONFIG, ngrams }, async () => fake);
      const answers = ['a', 'c', 'b'].map((name) => shared.score(name, batch));
      await settle();
      expect(fake.asked.map(({ lane: asked, texts }) => [asked, texts])).to.deep.equal([
        ['group 0', ['1', '2']],
        ['group 1', ['1', '2']],
      ]);
      fake.answers([0.1, 0.2], [0.3, 0.4]);
      fake.answers([0.5, 0.6]);
      expect(await Promise.all(answers)).to.deep.equal([
        Float32Array.of(0.1, 0.2),
        Float32Array.of(0.3, 0.4),
        Float32Array.of(0.5, 0.6),
      ]);
      expect(await shared.score('a', batch)).to.deep.equal(Float32Array.of(0.1, 0.2));
      expect(fake.asked).to.have.length(2);
    });

    it('leaves the others their answer when one lane is aborted, and asks again after a failure', async () => {
      const fake = new FakeEngine();
      const shared = await ModelThread.over({ config: CONFIG, ngrams }, async () => fake);
      const abort = new AbortController();
      const aborted = shared.score('a', batch, abort.signal).catch((reason) => reason);
      const other = shared.score('c', batch);
      await settle();
      abort.abort('enough');
      expect(await aborted).to.equal('enough');
      fake.answers([0.1, 0.2], [0.3, 0.4]);
      expect(await other).to.deep.equal(Float32Array.of(0.3, 0.4));

      const next = [encoded(3)];
      const failed = shared.score('a', next).catch((reason) => reason.message);
      await settle();
      fake.fail(new Error('no luck'));
      expect(await failed).to.equal('no luck');
      const again = shared.score('a', next);
      await settle();
      fake.answers([0.5], [0.5]);
      expect(await again).to.deep.equal(Float32Array.of(0.5));
    });

    it('loads no tensor library if there are no others, and answers the same from a thread', async () => {
      const options = { config: { ...CONFIG, lanes: [] }, weights: new Map(), ngrams };
      for (const inThread of [false, true]) {
        const alone = await ModelThread.start({ ...options, thread: inThread });
        expect(alone.backend).to.equal('none');
        const [score = 0] = await alone.score('b', [encoded(1)]);
        expect(score).to.be.closeTo(1 / (1 + Math.exp(-2)), 1e-6);
        expect(await codeOf(() => alone.score('tech', batch))).to.equal('INVALID_ARGUMENT');
        const raw: readonly (Document & Encoded)[] = JSON.parse('[{ "ids": [] }]');
        expect(await codeOf(() => alone.score('a', raw))).to.equal('INVALID_DOCUMENT');
        await alone.close();
      }
    });
  });

  describe('inline', () => {
    let weights: NamedWeights;

    before(async () => {
      const network = buildNetwork(await loadBackend({ prefer: 'cpu' }), CONFIG);
      weights = network.getWeights();
      network.dispose();
    });

    it('computes here, leaves no tensor over 1,000 calls, and frees its models', async function () {
      this.timeout(20_000);
      const { tf } = await loadBackend({ prefer: 'wasm' });
      const empty = tf.memory().numTensors;
      const inline = await ModelThread.start({ config: CONFIG, weights, prefer: 'wasm', thread: false });
      const before = tf.memory();
      for (let call = 0; call < 1000; call += 1) await inline.score('topics', [encoded(1 + (call % 9), 2, 3)]);
      expect(tf.memory()).to.include({ numTensors: before.numTensors, numBytes: before.numBytes });
      await inline.close();
      expect(tf.memory().numTensors).to.equal(empty);
    });

    it('refuses weights that do not fit, and leaves nothing behind', async () => {
      const { tf } = await loadBackend({ prefer: 'cpu' });
      const before = tf.memory().numTensors;
      const options = { config: CONFIG, weights: new Map(), prefer: 'cpu', thread: false } as const;
      expect(await codeOf(() => ModelThread.start(options))).to.equal('INVALID_ENSEMBLE');
      expect(tf.memory().numTensors).to.equal(before);
    });
  });
});

describe('subtasksOf', () => {
  it('makes a subtask of each lane', async () => {
    const fake = new FakeEngine();
    const subtasks = subtasksOf(CONFIG.lanes, await ModelThread.over({ config: CONFIG }, async () => fake));
    expect(subtasks.map(({ name, labels }) => ({ name, labels }))).to.deep.equal([
      { name: 'tech', labels: ['tech'] },
      { name: 'topics', labels: ['a', 'b'] },
    ]);
    const scores = subtasks[1]?.score([encoded(1)], new AbortController().signal);
    await settle();
    fake.answer(0.25, 0.75);
    expect(await scores).to.deep.equal(Float32Array.of(0.25, 0.75));
    expect(fake.asked[0]?.lane).to.equal('topics');
  });
});
