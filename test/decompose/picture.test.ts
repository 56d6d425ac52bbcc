import { expect } from 'chai';
import { confusedPairs } from '../../src/decompose/confused-pairs.ts';
import type { Decomposition } from '../../src/decompose/decompose.ts';
import { decompositionSvg } from '../../src/decompose/picture.ts';
import { parseXml } from '../observe/parse-xml.ts';
import { DECOMPOSITION } from './example.ts';

describe('confusedPairs', () => {
  it('counts both ways, the most often confused first, and says which lane holds both', () => {
    expect(confusedPairs(DECOMPOSITION)).to.deep.equal([
      { labels: ['a', 'b'], rows: 12, lane: 0 },
      { labels: ['a', 'c<&>'], rows: 3 },
    ]);
  });
});

describe('decompositionSvg', () => {
  it('draws a node a label, a line a confused pair as thick as that is often, and a bar a lane', () => {
    const svg = decompositionSvg(DECOMPOSITION);
    parseXml(svg);
    expect(svg.match(/<circle/g)).to.have.length(3);
    expect(svg.match(/<path class="lane0 inside edge"[^>]*stroke-width="14.00"/g)).to.have.length(1);
    expect(svg.match(/<path class="between edge"[^>]*stroke-width="3.50"/g)).to.have.length(1);
    expect(svg.match(/class="track"/g)).to.have.length(2);
    expect(svg).to.include('c&lt;&amp;&gt;').and.include('14.0 µs').and.include('80.0 % of them within a lane');
  });

  it('draws many labels, nothing confused, and loads of nothing', () => {
    const labels = Array.from({ length: 60 }, (_, i) => `标签${i}`);
    const many: Decomposition = {
      ...DECOMPOSITION,
      labels,
      groups: labels.map((name) => [name]),
      confusion: labels.map(() => labels.map(() => 0)),
      loads: labels.map(() => 0),
    };
    const svg = decompositionSvg(many);
    parseXml(svg);
    expect(svg).not.to.include('NaN');
    expect(svg).not.to.include('<path');
    expect(svg.match(/<circle/g)).to.have.length(60);
  });
});
