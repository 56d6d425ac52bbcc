import { expect } from 'chai';
import fc from 'fast-check';
import { packIds } from '../../src/subtasks/pack-ids.ts';

describe('packIds', () => {
  const ids = (...values: number[]) => ({ ids: Int32Array.from(values) });

  it('pads to the longest of the batch and cuts at the maximum', () => {
    expect(packIds([ids(5, 6, 7), ids(8)], 2, 1)).to.deep.equal({
      data: Int32Array.of(5, 6, 8, 0),
      rows: 2,
      columns: 2,
    });
  });

  it('pads to the minimum, even where there is nothing', () => {
    expect(packIds([ids()], 8, 3)).to.deep.equal({ data: new Int32Array(3), rows: 1, columns: 3 });
    expect(packIds([ids()], 8, 0).columns).to.equal(1);
    expect(packIds([], 8, 3)).to.deep.equal({ data: new Int32Array(0), rows: 0, columns: 3 });
  });

  it('holds the beginning of every document, and padding behind', () => {
    const document = fc.array(fc.integer({ min: 1, max: 9 }), { maxLength: 9 }).map((values) => ids(...values));
    fc.assert(
      fc.property(fc.array(document), fc.integer({ min: 1, max: 6 }), (documents, maxLength) => {
        const { data, rows, columns } = packIds(documents, maxLength, 1);
        expect(data.length).to.equal(rows * columns);
        for (const [row, { ids: whole }] of documents.entries()) {
          const kept = Array.from(whole.subarray(0, maxLength));
          const padding = Array.from({ length: columns - kept.length }, () => 0);
          expect(Array.from(data.subarray(row * columns, (row + 1) * columns))).to.deep.equal([...kept, ...padding]);
        }
      }),
    );
  });
});
