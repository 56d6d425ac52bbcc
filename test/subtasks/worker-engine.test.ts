import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect } from 'chai';
import { loadBackend } from '../../src/subtasks/backend.ts';
import { inlineEngine } from '../../src/subtasks/engine.ts';
import { ModelThread } from '../../src/subtasks/model-thread.ts';
import { buildNetwork, type NamedWeights, packIds } from '../../src/subtasks/network.ts';
import { minLengthOf } from '../../src/subtasks/network-config.ts';
import { WorkerEngine } from '../../src/subtasks/worker-engine.ts';
import { codeOf, DOCUMENTS, TOY } from './toy.ts';

const PACKED = packIds(DOCUMENTS, TOY.maxLength, minLengthOf(TOY));

describe('WorkerEngine', function () {
  this.timeout(20_000);
  let weights: NamedWeights;

  before(async () => {
    const network = buildNetwork(await loadBackend({ prefer: 'wasm' }), TOY);
    weights = network.getWeights();
    network.dispose();
  });

  const start = () => WorkerEngine.start({ config: TOY, weights, prefer: 'wasm' });

  it('gives the scores that this thread would', async () => {
    const engine = await start();
    const here = await inlineEngine({ config: TOY, weights, prefer: 'wasm' });
    expect(engine).to.include({ backend: 'wasm', alive: true });
    for (const { name: lane } of TOY.lanes) {
      const task = { lane, packed: PACKED };
      expect(await engine.score(task)).to.deep.equal(await here.score(task));
    }
    await Promise.all([engine.close(), here.close()]);
    expect(engine.alive).to.equal(false);
  });

  it('passes on what went wrong there, with its code and its stack', async () => {
    const engine = await start();
    const error = await engine.score({ lane: 'no such lane', packed: PACKED }).catch((reason) => reason);
    expect(error).to.include({ name: 'LockstepError', code: 'INVALID_ARGUMENT' });
    expect(error.cause.stack).to.include('scorer.ts');
    const [scores] = await engine.score({ lane: 'mean', packed: PACKED });
    expect(scores).to.have.length(3 * PACKED.rows);
    await engine.close();
  });

  it('does not start on weights that do not fit, and says which', async () => {
    const error = await WorkerEngine.start({ config: TOY, weights: new Map(), prefer: 'wasm' }).catch(
      (reason) => reason,
    );
    expect(error).to.include({ name: 'LockstepError', code: 'INVALID_ENSEMBLE' });
    expect(error.message).to.include('"embedding" is missing');
  });

  it('rejects what it was doing when it is killed; a ModelThread starts it again', async () => {
    const engines: WorkerEngine[] = [];
    const thread = await ModelThread.over({ config: TOY }, async () => {
      const engine = await start();
      engines.push(engine);
      return engine;
    });
    const many = Array.from({ length: 40 }, () => DOCUMENTS).flat();
    const codes = TOY.lanes.slice(0, 2).map(({ name }) => codeOf(() => thread.score(name, many)));
    await new Promise((resolve) => setImmediate(resolve));
    await engines[0]?.close();
    expect(await Promise.all(codes)).to.deep.equal(['WORKER_FAILED', 'WORKER_FAILED']);
    expect(await codeOf(async () => engines[0]?.score({ lane: 'mean', packed: PACKED }))).to.equal('WORKER_FAILED');
    expect(await thread.score('mean', DOCUMENTS)).to.have.length(3 * DOCUMENTS.length);
    expect(engines).to.have.length(2);
    await thread.close();
  });

  it('lets the process end by itself, but not before it has answered', async () => {
    const source = (file: string) => new URL(`../../src/subtasks/${file}`, import.meta.url).href;
    const program = `
      import { ModelThread } from '${source('model-thread.ts')}';
      const weights = new Map(${JSON.stringify([...weights].map(([name, { shape, data }]) => [name, { shape, data: [...data] }]))}
        .map(([name, { shape, data }]) => [name, { shape, data: Float32Array.from(data) }]));
      const thread = await ModelThread.start({ config: ${JSON.stringify(TOY)}, weights, prefer: 'wasm' });
      thread.score('mean', [{ ids: Int32Array.of(1, 2) }]).then((scores) => console.log(scores.length));`;
    const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', program]);
    let output = '';
    let complaints = '';
    child.stderr.setEncoding('utf8').on('data', (text) => {
      complaints += text;
    });
    child.stdout.setEncoding('utf8').on('data', (text) => {
      output += text;
    });
    const [code] = await once(child, 'close');
    expect({ code, output }, complaints).to.deep.equal({ code: 0, output: '3\n' });
  });
});
