import { expect } from 'chai';
import { InvalidArgumentError } from 'commander';
import {
  parseCount,
  parseFraction,
  parseNames,
  parsePeriod,
  parseSeed,
  parseSvgFile,
  TERMINAL,
} from '../../cli/options.ts';

describe('cli options', () => {
  it('reads times', () => {
    for (const [text, period] of [
      ['5', 5],
      ['5ms', 5],
      ['2.5 ms', 2.5],
      ['0.5s', 500],
      ['.5s', 500],
      [' 1 ', 1],
      ['2147483.647s', 2_147_483_647],
    ] as const)
      expect(parsePeriod(text)).to.be.closeTo(period, 1e-6);
    for (const text of ['', '0', '0.5', '-5ms', '5m', 'ms', '1e3', 'NaN', 'Infinity', '2147483648', '5ms5'])
      expect(() => parsePeriod(text), text).to.throw(InvalidArgumentError);
  });

  it('reads counts', () => {
    expect(parseCount('64')).to.equal(64);
    for (const text of ['', '0', '-1', '1.5', '1e3', '0x10', '9007199254740993', 'many'])
      expect(() => parseCount(text), text).to.throw(InvalidArgumentError);
  });

  it('reads seeds', () => {
    expect(parseSeed('0')).to.equal(0);
    expect(parseSeed('4294967295')).to.equal(4_294_967_295);
    for (const text of ['', '-1', '1.5', '4294967296'])
      expect(() => parseSeed(text), text).to.throw(InvalidArgumentError);
  });

  it('reads fractions', () => {
    expect(parseFraction('0.1')).to.equal(0.1);
    for (const text of ['', '0', '1', '-0.1', 'half'])
      expect(() => parseFraction(text), text).to.throw(InvalidArgumentError);
  });

  it('reads names', () => {
    expect(parseNames('科技, 经济,文化')).to.deep.equal(['科技', '经济', '文化']);
    for (const text of ['', 'a', 'a,', 'a,b,a']) expect(() => parseNames(text), text).to.throw(InvalidArgumentError);
  });

  it('reads names of SVG files', () => {
    expect(parseSvgFile('a/run.SVG')).to.equal('a/run.SVG');
    expect(parseSvgFile(TERMINAL)).to.equal(TERMINAL);
    expect(() => parseSvgFile('run.png')).to.throw(InvalidArgumentError);
  });
});
