import { expect } from 'chai';
import fc from 'fast-check';
import { Timeline } from '../../src/observe/timeline.ts';
import { type ParsedXml, parseXml } from './parse-xml.ts';
import { Script } from './script.ts';

function count({ tags }: ParsedXml, name: string, className: string): number {
  return tags.filter((tag) => tag.name === name && tag.attributes.get('class') === className).length;
}

describe('Timeline.toSvg', () => {
  it('is one SVG document with a size, a title and a style of its own', () => {
    const timeline = new Timeline();
    new Script(timeline.record).issue(0, 0).answer(0, 1).retire(0, 1);
    const { tags, texts } = parseXml(timeline.toSvg());
    const [root] = tags;
    expect(root?.name).to.equal('svg');
    expect(root?.attributes.get('xmlns')).to.equal('http://www.w3.org/2000/svg');
    expect(root?.attributes.get('viewBox')).to.equal(
      `0 0 ${root?.attributes.get('width')} ${root?.attributes.get('height')}`,
    );
    expect(texts[0]).to.equal('Pipeline diagram: 2 cycles, 4 documents in 1 batch, mean batch 4, 0 stalls, 0 bubbles');
    expect(texts).to.include('0 abstentions');
  });

  it('draws a box a cycle of each batch, a bar and a disc a lane, stalls and bubbles', () => {
    const timeline = new Timeline();
    new Script(timeline.record)
      .issue(0, 0)
      .answer(0, 3, 'tech')
      .abstain(0, 4, 'finance')
      .stall(1, 2)
      .retire(0, 5)
      .bubble(3, 3)
      .issue(1, 6, { early: true })
      .answer(1, 6)
      .retire(1, 6, 2);
    const parsed = parseXml(timeline.toSvg());
    const boxes = Object.fromEntries(
      ['issue', 'early', 'execute', 'retire', 'reject', 'stall'].map((stage) => [stage, count(parsed, 'rect', stage)]),
    );
    // One more of each is in the legend.
    expect(boxes).to.deep.equal({ issue: 2, early: 2, execute: 5, retire: 2, reject: 2, stall: 3 });
    expect(count(parsed, 'circle', 'answer')).to.equal(3 + 1);
    expect(count(parsed, 'circle', 'abstain')).to.equal(1 + 1);
    expect(count(parsed, 'circle', 'ring')).to.equal(3 + 1);
    expect(parsed.texts).to.include.members([
      'batch 0 ×4',
      'tech',
      'finance',
      'not issued',
      '1 abstention · finance: 1 × SUBTASK_FAILED · 2 dead letters',
    ]);
  });

  it('can be read on light and on dark paper, and loads and runs nothing', () => {
    const timeline = new Timeline();
    new Script(timeline.record, ['<script>alert(1)</script>', 'a" onload="x', '&lt;'])
      .issue(0, 0)
      .answer(0, 1)
      .retire(0, 1);
    const svg = timeline.toSvg();
    expect(svg).to.include('prefers-color-scheme:dark');
    const { tags, texts } = parseXml(svg);
    expect(new Set(tags.map(({ name }) => name))).to.deep.equal(
      new Set(['svg', 'title', 'style', 'rect', 'g', 'text', 'line', 'circle']),
    );
    for (const { attributes } of tags)
      for (const [name, value] of attributes) {
        expect(name).not.to.match(/^on|href/);
        if (name !== 'xmlns') expect(value).not.to.match(/url\(|https?:/);
      }
    expect(svg).not.to.match(/@import|url\(/);
    expect(texts).to.include.members(['<script>alert(1)</s…', 'a" onload="x', '&lt;']);
  });

  it('draws stretches without a change as one', () => {
    const timeline = new Timeline();
    new Script(timeline.record, ['tech']).issue(0, 0).stall(1).answer(0, 500).retire(0, 500);
    const parsed = parseXml(timeline.toSvg());
    expect(count(parsed, 'rect', 'execute cut')).to.equal(1);
    expect(parsed.texts).to.include('× documents of the batch · … 496 cycles left out');
  });

  it('stays a picture after a long run', () => {
    const timeline = new Timeline();
    const script = new Script(timeline.record);
    for (let batch = 0; batch < 5000; batch++)
      script
        .issue(batch, batch * 2)
        .answer(batch, batch * 2 + 1)
        .retire(batch, batch * 2 + 3);
    const { tags, texts } = parseXml(timeline.toSvg());
    expect(Number(tags[0]?.attributes.get('width'))).to.be.below(3000);
    expect(Number(tags[0]?.attributes.get('height'))).to.be.below(5000);
    expect(texts.at(-3)).to.match(
      /^× documents of the batch · … [\d,]+ cycles left out · 4,9\d\d earlier batches not drawn$/,
    );
  });

  it('says that nothing was issued', () => {
    const { texts } = parseXml(new Timeline().toSvg());
    expect(texts).to.include('Nothing was issued.');
  });

  it('is well-formed whatever a lane is called', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.string({ unit: 'binary', minLength: 1, maxLength: 12 }), { minLength: 1 }),
        (lanes) => {
          const timeline = new Timeline();
          new Script(timeline.record, lanes)
            .issue(0, 0)
            .answer(0, 1)
            .abstain(0, 1, lanes[0] ?? '')
            .retire(0, 2);
          parseXml(timeline.toSvg());
        },
      ),
    );
  });
});
