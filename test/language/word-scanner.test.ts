import { expect } from 'chai';
import fc from 'fast-check';
import { wordScanner } from '../../src/language/word-scanner.ts';

/** Of each role some characters, and such as the scanner does not know. */
const UNITS = [...'abZéß019_.,:;\'"’“”-–—/@#&%$€ \t\n!?()·×ª«©…•'];

function segmentsOf(text: string, segmenter: Intl.Segmenter): string[] {
  return Array.from(segmenter.segment(text), ({ segment }) => segment).filter((segment) => !/^\s+$/u.test(segment));
}

function scanned(text: string, segmenter: Intl.Segmenter): string[] | undefined {
  const found: string[] = [];
  const knows = wordScanner(segmenter).scan(text, (start, end) => found.push(text.slice(start, end)));
  return knows ? found : undefined;
}

describe('wordScanner', () => {
  // Swedish and Finnish have other rules for colons.
  for (const locale of ['en', 'sv', 'fi', 'de', 'fr']) {
    const segmenter = new Intl.Segmenter(locale, { granularity: 'word' });
    const scanner = wordScanner(segmenter);

    it(`finds what the segmenter does: ${locale}`, () => {
      const texts = fc.oneof(
        fc.string({ unit: fc.constantFrom(...UNITS), maxLength: 30 }),
        fc.string({ unit: fc.integer({ min: 1, max: 0xff }).map((unit) => String.fromCharCode(unit)), maxLength: 12 }),
      );
      fc.assert(
        fc.property(texts, (text) => {
          const found: string[] = [];
          if (scanner.scan(text, (start, end) => found.push(text.slice(start, end))))
            expect(found).to.deep.equal(segmentsOf(text, segmenter));
          else expect(found).to.deep.equal([]);
        }),
        { numRuns: 2000 },
      );
    });
  }

  it('finds the same in all texts of up to three characters of all roles', () => {
    const segmenter = new Intl.Segmenter('en', { granularity: 'word' });
    const scanner = wordScanner(segmenter);
    for (const one of UNITS)
      for (const two of UNITS)
        for (const three of UNITS) {
          const text = `x${one}${two}${three}1`;
          const found: string[] = [];
          expect(scanner.scan(text, (start, end) => found.push(text.slice(start, end)))).to.equal(true);
          if (found.join('|') !== segmentsOf(text, segmenter).join('|'))
            expect(found, text).to.deep.equal(segmentsOf(text, segmenter));
        }
  });

  it('leaves to the segmenter what it does not know', () => {
    const segmenter = new Intl.Segmenter('en', { granularity: 'word' });
    for (const text of ['科技', 'a soft\u00adhyphen', 'é combined: e\u0301', '👍', 'עברית', '\ud800'])
      expect(scanned(text, segmenter), text).to.equal(undefined);
    expect(scanned('', segmenter)).to.deep.equal([]);
    expect(scanned(' \n ', segmenter)).to.deep.equal([]);
    expect(scanned("Oil's up 3.5%", segmenter)).to.deep.equal(["Oil's", 'up', '3.5', '%']);
  });
});
