import { expect } from 'chai';
import { parseSize } from '../../../cli/compress/size.ts';

describe('parseSize', () => {
  it('knows bytes, and decimal and binary units, in capitals or not', () => {
    for (const [text, bytes] of [
      ['750000', 750_000],
      ['1B', 1],
      ['500kB', 500_000],
      ['1MB', 1_000_000],
      ['1.5 mb', 1_500_000],
      ['.5MB', 500_000],
      ['1KiB', 1024],
      ['1MiB', 1_048_576],
      ['2GiB', 2 ** 31],
      [' 10 ', 10],
    ] as const)
      expect(parseSize(text)).to.equal(bytes);
  });

  it('refuses what is no size', () => {
    for (const text of [
      '',
      'MB',
      '-1MB',
      '0',
      '0.4',
      '1e6',
      '1 TB',
      '1MBs',
      '1,000',
      'ten',
      '1M',
      '99999999999999999999',
    ])
      expect(() => parseSize(text), text).to.throw('Expected a size, such as 1MB');
  });
});
