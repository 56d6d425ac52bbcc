import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import * as lockstep from '../operators/index.ts';
import * as train from '../src/ensemble/index.ts';
import * as testing from '../src/testing/index.ts';

/** What a program can import. To take a name away is to break programs: it needs a major version. */
const NAMES = `
  Ballot Clock Counters LockstepError PADDING Panel Timeline UNKNOWN Vocabulary acknowledge admit boostedVote branchEarly characters classify
  deadLetter encode explain fanOut filterDocuments fromDocuments fromJsonLines fromLines layersModelSubtask loadEnsemble observeWith onLane onnxSubtask parseBoostedTrees
  predict receipt route scriptOf shippedModel subtask toJsonLines tokenize tokenizerFrom vote weightedVote wink words zipLanes
`;
const HEAVY = ['@tensorflow', 'wink-nlp', 'wink-eng-lite-web-model', 'commander'];

describe('public names', () => {
  it('of rx-lockstep are these', () => {
    expect(Object.keys(lockstep).sort()).to.deep.equal(NAMES.trim().split(/\s+/).sort());
  });

  it('of rx-lockstep/testing are these', () => {
    expect(Object.keys(testing).sort()).to.deep.equal(['ballotOf', 'scriptedSubtask', 'virtually']);
  });

  it('of rx-lockstep/train include the way from rows to a folder', () => {
    expect(train).to.include.all.keys('readRows', 'train', 'evaluate', 'saveEnsemble', 'loadEnsemble');
  });

  it('load no tensor library and no language model', () => {
    const program = `
      import { Module } from 'node:module';
      await import('./operators/index.ts');
      console.log(JSON.stringify(Object.keys(Module._cache)));
    `;
    const cwd = fileURLToPath(new URL('..', import.meta.url));
    const { stdout, stderr } = spawnSync(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', program], {
      cwd,
      encoding: 'utf8',
    });
    expect(stderr).to.equal('');
    const loaded: string[] = JSON.parse(stdout);
    expect(
      loaded.some((file) => file.includes('rxjs')),
      'what is loaded can be seen',
    ).to.equal(true);
    expect(loaded.filter((file) => HEAVY.some((name) => file.includes(`node_modules/${name}`)))).to.deep.equal([]);
  });
});
