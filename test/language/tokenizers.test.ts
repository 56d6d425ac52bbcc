import { expect } from 'chai';
import fc from 'fast-check';
import { characters, scriptOf, type Tokenizer, tokenizerFrom, wink, words } from '../../operators/index.ts';

const ODD = [
  '👩‍👩‍👧 🇫🇷',
  '\uD800 alone \uDC00',
  'a\u200Bb\u202Ec\u202D',
  'https://example.org/?q=1#x',
  'if (a) { b[0]++; }',
  '  \n\t ',
  '',
];

function expectPieces(tokenizer: Tokenizer, text: string): void {
  let position = 0;
  let between = '';
  for (const { text: token, start, end } of tokenizer(text)) {
    expect(start).to.be.at.least(position);
    expect(end).to.be.above(start);
    expect(text.slice(start, end)).to.equal(token);
    between += text.slice(position, start);
    position = end;
  }
  between += text.slice(position);
  expect(between.trim(), 'only white space is left out').to.equal('');
}

const built: Readonly<Record<string, () => Promise<Tokenizer> | Tokenizer>> = {
  characters: () => characters(),
  'words in English': () => words(),
  'words in Chinese': () => words({ locale: 'zh' }),
  'words of wink': () => wink(),
};

for (const [name, make] of Object.entries(built))
  describe(name, () => {
    it('are pieces of the text, in order, without overlap, with only white space between', async () => {
      const tokenizer = await make();
      fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 60 }), (text) => expectPieces(tokenizer, text)));
      for (const text of ODD) expectPieces(tokenizer, text);
    });

    it('take a megabyte without a space', async () => {
      const text = 'x'.repeat(1 << 20);
      const tokens = (await make())(text);
      expect(tokens.at(-1)?.end).to.equal(text.length);
    });
  });

describe('tokenizers', () => {
  const texts = (tokenizer: Tokenizer, text: string): string[] => tokenizer(text).map((token) => token.text);

  it('cut what their docstrings say', async () => {
    expect(texts(characters(), '科技 AI')).to.deep.equal(['科', '技', 'A', 'I']);
    expect(texts(characters({ words: 'zh' }), '科技 AI')).to.deep.equal(['科', '技', '科技', 'A', 'I', 'AI']);
    expect(texts(words({ lowercase: true }), "Oil's up 3.5%")).to.deep.equal(["oil's", 'up', '3.5', '%']);
    expect(texts(await wink(), "Don't panic.")).to.deep.equal(['Do', "n't", 'panic', '.']);
  });

  it('give characters beside their words the offsets of both, in the order of their ends', () => {
    const tokenizer = characters({ words: 'zh', lowercase: true });
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 60 }), (text) => {
        let last = 0;
        for (const { text: token, start, end } of tokenizer(text)) {
          expect(end).to.be.at.least(last);
          expect(text.slice(start, end).toLowerCase()).to.equal(token);
          last = end;
        }
        const single = tokenizer(text).filter(({ start, end }) => [...text.slice(start, end)].length === 1);
        expect(single).to.deep.equal(characters({ lowercase: true })(text));
      }),
    );
    expect(() => characters({ words: 'no such language' })).to.throw('Expected `words`');
  });

  it('keep the offsets of the original text when they lower its case', () => {
    expect(words({ lowercase: true })('İX Y')).to.deep.include({ text: 'y', start: 3, end: 4 });
  });

  it('wink gives pieces of the text, in order', async () => {
    const tokenizer = await wink();
    for (const text of ["It's 5 p.m.: mail a.b@c.org, or #ask @me!", 'naïve café — “quoted”', '']) {
      let position = 0;
      for (const { text: token, start, end } of tokenizer(text)) {
        expect(start).to.be.at.least(position);
        expect(text.slice(start, end)).to.equal(token);
        position = end;
      }
    }
  });

  it('come from a configuration', async () => {
    expect(texts(await tokenizerFrom({ kind: 'characters', lowercase: true }), 'AB')).to.deep.equal(['a', 'b']);
    expect(texts(await tokenizerFrom({ kind: 'words', locale: 'de' }), 'Guten Tag')).to.deep.equal(['Guten', 'Tag']);
    expect(texts(await tokenizerFrom({ kind: 'wink', lowercase: true }), "Can't")).to.deep.equal(['ca', "n't"]);
  });

  it('refuse what is no configuration and no language', async () => {
    expect(() => words({ locale: 'not a language' }))
      .to.throw()
      .with.property('code', 'INVALID_ARGUMENT');
    const failure = await Reflect.apply(tokenizerFrom, undefined, [{ kind: 'magic' }]).catch((error: unknown) => error);
    expect(failure).to.have.property('code', 'INVALID_ARGUMENT');
  });
});

describe('scriptOf', () => {
  for (const [text, script] of [
    ['苹果发布 iPhone 新品', 'han'],
    ['Stocks rally', 'latin'],
    ['Привет, мир', 'other'],
    ['12:30 !?', 'other'],
    ['', 'other'],
    ['A long English sentence with one 字 in it', 'latin'],
  ] as const)
    it(`of ${JSON.stringify(text)} is ${script}`, () => expect(scriptOf(text)).to.equal(script));
});
