import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import * as entry from '../../src/ensemble/index.ts';

/** The modules that a module imports when it is evaluated, and theirs; types and `import()` do not count. */
function loadedWith(module: URL, seen: Set<string> = new Set()): Set<string> {
  if (seen.has(module.href)) return seen;
  seen.add(module.href);
  const code = readFileSync(module, 'utf8');
  for (const [, specifier = ''] of code.matchAll(/^(?:import|export) (?!type\b)[^;]*? from '([^']+)'/gm)) {
    if (specifier.startsWith('.')) loadedWith(new URL(specifier, module), seen);
    else seen.add(specifier);
  }
  return seen;
}

describe('rx-lockstep/train', () => {
  it('has these names', () => {
    expect(Object.keys(entry).sort()).to.deep.equal([
      'checkTarget',
      'compress',
      'compressEnsemble',
      'decomposeClasses',
      'decompositionSvg',
      'evaluate',
      'evaluatePredictions',
      'evaluationPage',
      'fitBoostedVote',
      'fitEarlyBranch',
      'fitTemperature',
      'labelsOf',
      'lanesOver',
      'loadEnsemble',
      'predict',
      'readEnsemble',
      'readRows',
      'saveEnsemble',
      'shippedModel',
      'stratifiedSplit',
      'train',
      'weightsAtTemperature',
    ]);
  });

  it('loads no tensor library until something is trained or loaded', () => {
    const loaded = [...loadedWith(new URL('../../src/ensemble/index.ts', import.meta.url))];
    expect(loaded.filter((name) => name.startsWith('file:'))).to.have.length.above(20);
    expect(loaded.filter((name) => !name.startsWith('file:') && !name.startsWith('node:'))).to.have.members(['rxjs']);
  });
});
