import { expect } from 'chai';
import { withoutTwins } from '../../src/ensemble/without-twins.ts';

const rowsOf = (...texts: string[]) => texts.map((text) => ({ label: 'a', text }));
const kept = (texts: string[], others: string[]) =>
  withoutTwins(rowsOf(...texts), rowsOf(...others)).map(({ text }) => text);

describe('withoutTwins', () => {
  it('leaves out parts of other texts, however they are written', () => {
    const sentence = 'It is a charming and often affecting journey.';
    expect(kept(['charming and often affecting', 'IS a Charming -- and often', sentence], [sentence])).to.deep.equal(
      [],
    );
    expect(kept(['美丽的新世界真好'], ['这个美丽的新世界真好啊'])).to.deep.equal([]);
  });

  it('keeps short parts, other texts, and those that the others are part of', () => {
    const texts = ['often affecting journey', 'a charming but often affecting', 'they say it is so good', ''];
    expect(kept(texts, ['a charming and often affecting journey', 'say it is so'])).to.deep.equal(texts);
    expect(kept(texts, [])).to.deep.equal(texts);
  });
});
