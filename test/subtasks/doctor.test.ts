import { expect } from 'chai';
import { type Diagnosis, diagnose, formatDiagnosis } from '../../src/subtasks/doctor.ts';
import { codeOf } from './toy.ts';

const DIAGNOSIS: Diagnosis = {
  node: '20.20.2',
  platform: 'linux-x64',
  cpus: { count: 2, model: 'A CPU' },
  backend: 'compiled',
  tensors: 'wasm',
  prefer: 'auto',
  compiled: { available: true },
  native: { available: false, reason: 'The native backend does not load: no. `npm run setup:native` installs it' },
  wasm: { available: true },
  wasmSimd: true,
  tfjs: '4.22.0',
  libtensorflow: undefined,
};

describe('diagnose', () => {
  const asked = process.env.LOCKSTEP_BACKEND;

  afterEach(() => {
    if (asked === undefined) delete process.env.LOCKSTEP_BACKEND;
    else process.env.LOCKSTEP_BACKEND = asked;
  });

  it('says what is here', async () => {
    process.env.LOCKSTEP_BACKEND = 'wasm';
    const diagnosis = await diagnose();
    expect(diagnosis).to.deep.include({
      node: process.versions.node,
      backend: 'wasm',
      prefer: 'wasm',
      wasm: { available: true },
      wasmSimd: true,
    });
    expect(diagnosis.tfjs).to.match(/^4\./);
    expect(diagnosis.cpus.count).to.be.above(0);
    expect(diagnosis.libtensorflow !== undefined).to.equal(diagnosis.native.available);
  });

  it('refuses to look for a backend that there is not', async () => {
    process.env.LOCKSTEP_BACKEND = 'gpu';
    expect(await codeOf(diagnose)).to.equal('INVALID_ARGUMENT');
  });
});

describe('formatDiagnosis', () => {
  it('says why the native backend is not in use, and how to get it', () => {
    expect(formatDiagnosis(DIAGNOSIS).split('\n')).to.deep.equal([
      'machine  Node 20.20.2, linux-x64, 2 × A CPU',
      'in use   compiled',
      'training wasm',
      'compiled available',
      'native   The native backend does not load: no. `npm run setup:native` installs it',
      'wasm     available, with SIMD',
      'tfjs     4.22.0',
    ]);
  });

  it('says what was asked for, and that nothing is there', () => {
    const reason = 'no';
    const nothing: Diagnosis = {
      ...DIAGNOSIS,
      backend: undefined,
      prefer: 'wasm',
      wasm: { available: false, reason },
      tfjs: undefined,
    };
    expect(formatDiagnosis(nothing)).to.include('nothing: no model can run (asked for by LOCKSTEP_BACKEND=wasm)');
    expect(formatDiagnosis(nothing)).to.match(/^wasm {5}no$/m);
  });

  it('names the library, and a machine without SIMD', () => {
    const native: Diagnosis = { ...DIAGNOSIS, native: { available: true }, libtensorflow: '2.14.1', wasmSimd: false };
    expect(formatDiagnosis(native)).to.include('available: libtensorflow 2.14.1').and.to.include('without SIMD');
  });
});
