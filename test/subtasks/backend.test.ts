import { spawnSync } from 'node:child_process';
import { expect } from 'chai';
import { LockstepError } from '../../src/errors.ts';
import { type BackendName, checkPreference, loadBackend, preferredBackend } from '../../src/subtasks/backend.ts';
import { codeOf, nativeOrSkip } from './toy.ts';

const MODULE = new URL('../../src/subtasks/backend.ts', import.meta.url).href;

/** What a program prints that has `loadBackend` and `preferredBackend`. */
function run(code: string, env: Record<string, string> = {}): unknown {
  const program = `import { loadBackend } from '${MODULE}'; ${code}`;
  const { stdout, stderr } = spawnSync(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', program], {
    encoding: 'utf8',
    env: { ...process.env, LOCKSTEP_BACKEND: '', ...env },
  });
  try {
    return JSON.parse(stdout);
  } catch {
    throw new Error(`not JSON: ${stdout}\n${stderr}`);
  }
}

describe('loadBackend', () => {
  const asked = process.env.LOCKSTEP_BACKEND;

  afterEach(() => {
    if (asked === undefined) delete process.env.LOCKSTEP_BACKEND;
    else process.env.LOCKSTEP_BACKEND = asked;
  });

  for (const prefer of ['wasm', 'cpu'] as const)
    it(`loads ${prefer}, which computes`, async () => {
      const { tf, layers, name, version, libtensorflow, notes } = await loadBackend({ prefer });
      expect(name).to.equal(prefer);
      expect(version).to.equal(tf.version_core);
      expect(layers.version_layers).to.equal(version);
      expect(libtensorflow).to.equal(undefined);
      expect(notes).to.deep.equal([]);
      expect(tf.getBackend()).to.equal(prefer);
      expect(tf.tidy(() => tf.sum(tf.ones([2, 3])).dataSync()[0])).to.equal(6);
    });

  it('loads the native one, says which library it is, and takes it before the others', async function () {
    const { libtensorflow } = await nativeOrSkip(this);
    expect(libtensorflow).to.match(/^\d+\.\d+/);
    expect((await loadBackend({ prefer: 'auto' })).name).to.equal('native');
  });

  it('loads each once, and makes that active which was asked for last', async () => {
    const first = await loadBackend({ prefer: 'wasm' });
    const other = await loadBackend({ prefer: 'cpu' });
    expect(other.tf).to.equal(first.tf);
    expect(first.tf.getBackend()).to.equal('cpu');
    expect(await loadBackend({ prefer: 'wasm' })).to.equal(first);
    expect(first.tf.getBackend()).to.equal('wasm');
  });

  it('does what LOCKSTEP_BACKEND says, unless told otherwise', async () => {
    process.env.LOCKSTEP_BACKEND = 'cpu';
    expect((await loadBackend()).name).to.equal('cpu');
    expect((await loadBackend({ prefer: 'wasm' })).name).to.equal('wasm');
    process.env.LOCKSTEP_BACKEND = '';
    expect(preferredBackend()).to.equal('auto');
  });

  it('refuses the name of no backend', async () => {
    expect(() => checkPreference('prefer', 'webgl')).to.throw(LockstepError, '`prefer`');
    process.env.LOCKSTEP_BACKEND = 'gpu';
    expect(() => preferredBackend()).to.throw(LockstepError, '`LOCKSTEP_BACKEND`');
    expect(await codeOf(() => loadBackend())).to.equal('INVALID_ARGUMENT');
  });

  describe('where the native package cannot be loaded', () => {
    /** Makes the package unfindable, as it is where npm could not install it. */
    const without = `import { register } from 'node:module';
      register('data:text/javascript,' + encodeURIComponent(\`export function resolve(name, context, next) {
        if (name === '@tensorflow/tfjs-node') throw Object.assign(new Error('Cannot find package ' + name), { code: 'ERR_MODULE_NOT_FOUND' });
        return next(name, context);
      }\`));`;

    it('takes wasm, and says why and how to get the other', () => {
      const code = `${without} const { name, notes } = await loadBackend(); console.log(JSON.stringify({ name, notes }));`;
      const { name, notes } = JSON.parse(JSON.stringify(run(code)));
      expect(name).to.equal('wasm');
      expect(notes).to.have.length(1);
      expect(notes[0]).to.include('Cannot find package').and.to.include('npm run setup:native');
    });

    it('fails if it was asked for, with the cause', () => {
      const code = `${without} const error = await loadBackend({ prefer: 'native' }).catch((error) => error);
        console.log(JSON.stringify({ code: error.code, message: error.message, cause: error.cause.code }));`;
      const { message, ...rest } = JSON.parse(JSON.stringify(run(code)));
      expect(rest).to.deep.equal({ code: 'BACKEND_UNAVAILABLE', cause: 'ERR_MODULE_NOT_FOUND' });
      expect(message).to.include('npm run setup:native');
    });
  });

  it('loads no tensor library until it is called', () => {
    const code = `import { createRequire } from 'node:module';
      const loaded = () => Object.keys(createRequire(import.meta.url).cache).filter((file) => file.includes('tfjs')).length;
      const before = loaded(); await loadBackend({ prefer: 'cpu' }); console.log(JSON.stringify([before, loaded() > 0]));`;
    expect(run(code)).to.deep.equal([0, true]);
  });

  it('leaves the process its own listeners', async () => {
    const names: readonly BackendName[] = ['wasm', 'cpu'];
    for (const prefer of names) await loadBackend({ prefer });
    const code = `const count = () => process.listenerCount('uncaughtException') + process.listenerCount('unhandledRejection');
      const before = count(); await loadBackend({ prefer: 'wasm' }); console.log(JSON.stringify(count() - before));`;
    expect(run(code)).to.equal(0);
  });
});
