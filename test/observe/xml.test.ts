import { expect } from 'chai';
import fc from 'fast-check';
import { element, escapeXml } from '../../src/observe/xml.ts';
import { parseXml } from './parse-xml.ts';

describe('escapeXml', () => {
  it('escapes what has a meaning in XML', () => {
    expect(escapeXml(`a < b && "c" > 'd'`)).to.equal('a &lt; b &amp;&amp; &quot;c&quot; &gt; &#39;d&#39;');
  });

  it('replaces what XML cannot hold, and nothing else', () => {
    expect(escapeXml('\u0000\u001B\uFFFF\uD800')).to.equal('\uFFFD'.repeat(4));
    expect(escapeXml('tab\t科技 😀\n')).to.equal('tab\t科技 😀\n');
  });
});

describe('element', () => {
  it('writes attributes and children', () => {
    expect(element('g', { x: 1, name: '"<' }, [element('rect', {}), 'a'])).to.equal(
      '<g x="1" name="&quot;&lt;"><rect/>a</g>',
    );
  });

  it('gives back any text as it was', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), (text) => {
        const { tags, texts } = parseXml(element('text', { class: text }, [escapeXml(text)]));
        expect(texts).to.deep.equal([text]);
        expect(tags[0]?.attributes.get('class')).to.equal(text);
      }),
    );
  });
});
