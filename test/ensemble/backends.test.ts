import { expect } from 'chai';
import { firstValueFrom } from 'rxjs';
import { loadEnsemble } from '../../src/ensemble/load.ts';
import { readRows } from '../../src/ensemble/rows.ts';
import { shippedModel } from '../../src/ensemble/shipped.ts';
import { evaluate } from '../../src/evaluate/evaluate.ts';
import { runSubtask } from '../../src/lanes/run-subtask.ts';
import { nativeOrSkip } from '../subtasks/toy.ts';

const SAMPLES = new URL('../../examples/data/', import.meta.url);
/** What is surely reached, with room for other labels of doubtful rows. */
const MODELS = [
  { name: 'zh-topics', file: 'headlines.zh.tsv', accuracy: 0.6 },
  { name: 'en-news', file: 'headlines.en.tsv', accuracy: 0.8 },
];

describe('the shipped models', function () {
  this.timeout(30_000);

  for (const { name, file, accuracy } of MODELS) {
    it(`${name} labels the headlines of the examples`, async () => {
      const ensemble = await loadEnsemble(shippedModel(name), { backend: 'wasm' });
      try {
        const result = await evaluate(ensemble, (await readRows(new URL(file, SAMPLES))).rows);
        expect(result.accuracy).to.be.at.least(accuracy);
      } finally {
        await ensemble.close();
      }
    });

    it(`${name} scores the same on both backends`, async function () {
      await nativeOrSkip(this);
      const { rows } = await readRows(new URL(file, SAMPLES));
      const scores: Record<'native' | 'wasm', number[]> = { native: [], wasm: [] };
      for (const backend of ['native', 'wasm'] as const) {
        const { tokenizer, vocabulary, subtasks, close } = await loadEnsemble(shippedModel(name), { backend });
        const documents = rows.slice(0, 40).map(({ text }) => ({
          text,
          ids: Int32Array.from(tokenizer(text), (token) => vocabulary.id(token.text)),
          unknown: 0,
        }));
        for (const lane of subtasks)
          scores[backend].push(...(await firstValueFrom(runSubtask(lane, documents, false))));
        await close();
      }
      expect(scores.native).to.have.length.above(100);
      for (const [i, score] of scores.native.entries()) expect(scores.wasm[i]).to.be.closeTo(score, 1e-4);
    });
  }
});
