import { expect } from 'chai';
import { tableLines } from '../../cli/text-table.ts';

describe('tableLines', () => {
  it('makes columns as wide as they must be, wide characters counted as two', () => {
    const lines = tableLines(
      [{ head: 'label' }, { head: 'n', align: 'right' }],
      [
        ['科技', '1,234'],
        ['a', '5'],
      ],
    );
    expect(lines).to.deep.equal(['  label      n', '  科技   1,234', '  a          5']);
  });

  it('dims the heading, and ends no line with spaces', () => {
    expect(tableLines([{ head: 'a' }, { head: 'long' }], [['x', 'y']], (text) => `<${text}>`)).to.deep.equal([
      '<  a  long>',
      '  x  y',
    ]);
  });

  it('lets nothing through that moves the cursor', () => {
    expect(tableLines([{ head: 'a' }], [['\u001B[2J']])[1]).to.equal('   [2J');
  });
});
