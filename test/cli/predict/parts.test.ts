import { expect } from 'chai';
import fc from 'fast-check';
import { inParts, oneAhead } from '../../../cli/predict/parts.ts';

async function* each<T>(items: readonly T[]): AsyncGenerator<T> {
  yield* items;
}

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const seen: T[] = [];
  for await (const item of items) seen.push(item);
  return seen;
}

describe('inParts', () => {
  it('cuts pieces of any size into parts of one', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(fc.integer(), { maxLength: 5 })),
        fc.integer({ min: 1, max: 4 }),
        async (pieces, size) => {
          const parts = await all(inParts(each(pieces), size));
          expect(parts.flat()).to.deep.equal(pieces.flat());
          for (const [i, part] of parts.entries())
            expect(part).to.have.length(i < parts.length - 1 ? size : ((pieces.flat().length - 1) % size) + 1);
        },
      ),
    );
  });
});

describe('oneAhead', () => {
  it('gives results in order, and has begun with the next item when one is read', async () => {
    const begun: number[] = [];
    const results = oneAhead(each([1, 2, 3]), async (item) => {
      begun.push(item);
      return item * 10;
    });
    expect((await results.next()).value).to.equal(10);
    expect(begun).to.deep.equal([1, 2]);
    expect(await all(results)).to.deep.equal([20, 30]);
  });

  it('fails with the first failure, and leaves no other unheard', async () => {
    const failing = oneAhead(each([1, 2]), async (item) => {
      throw new Error(`item ${item}`);
    });
    const error = await all(failing).catch((failure) => failure);
    expect(error).to.have.property('message', 'item 1');
  });
});
