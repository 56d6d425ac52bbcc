import { PassThrough } from 'node:stream';
import { expect } from 'chai';
import fc from 'fast-check';
import { columnsOf, fitted, palette, wantsColor, widthOf } from '../../cli/terminal.ts';

const output = (isTTY: boolean, columns?: number) =>
  Object.assign(new PassThrough(), { isTTY }, columns === undefined ? {} : { columns });

describe('cli terminal', () => {
  it('measures texts in columns', () => {
    expect(widthOf('')).to.equal(0);
    expect(widthOf('tech')).to.equal(4);
    expect(widthOf('科技')).to.equal(4);
    expect(widthOf('ｔ，。')).to.equal(6);
    expect(widthOf('한국어 かな')).to.equal(11);
    expect(widthOf('e\u0301')).to.equal(1);
    expect(widthOf('👩‍🚀')).to.equal(2);
  });

  it('fills up and cuts', () => {
    expect(fitted('ab', 4)).to.equal('ab  ');
    expect(fitted('ab', 4, 'right')).to.equal('  ab');
    expect(fitted('abcdef', 4)).to.equal('abc…');
    expect(fitted('科技经济', 6)).to.equal('科技… ');
    expect(fitted('科技经济', 8)).to.equal('科技经济');
  });

  it('lets nothing through that moves the cursor or turns the text', () => {
    expect(fitted('a\u001B[31mb\n\u202Ec', 10)).to.equal('a [31mb  c');
  });

  it('always gives the width asked for', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.integer({ min: 2, max: 30 }), (text, width) => {
        expect(widthOf(fitted(text, width))).to.equal(width);
      }),
    );
  });

  it('colours terminals, unless told not to', () => {
    expect(wantsColor(output(true), {})).to.equal(true);
    expect(wantsColor(output(false), {})).to.equal(false);
    expect(wantsColor(output(true), { NO_COLOR: '1' })).to.equal(false);
    expect(wantsColor(output(true), { NO_COLOR: '' })).to.equal(true);
    expect(wantsColor(output(true), { TERM: 'dumb' })).to.equal(false);
    expect(wantsColor(output(false), { FORCE_COLOR: '1' })).to.equal(true);
    expect(palette(false).red('x')).to.equal('x');
    expect(palette(true).red('x')).to.equal('\u001B[31mx\u001B[0m');
  });

  it('knows how wide a terminal is, or takes it for 80 columns', () => {
    expect(columnsOf(output(true, 120))).to.equal(120);
    expect(columnsOf(output(false))).to.equal(80);
    expect(columnsOf(output(true, 0))).to.equal(80);
  });
});
