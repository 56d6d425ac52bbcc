import { expect } from 'chai';
import { Ballot, Panel } from '../../src/lanes/ballot.ts';
import { layoutOf } from '../../src/lanes/layout.ts';

const layout = layoutOf([
  { name: 'tech', labels: ['tech'] },
  { name: 'group', labels: ['finance', 'culture'] },
  { name: 'hung', labels: ['sport'] },
]);
const nan = Number.NaN;
const panel = new Panel(layout, [
  Float32Array.of(0.5, nan, nan),
  Float32Array.of(0.25, 0.75, 1, 0, nan, nan),
  undefined,
]);

describe('Panel', () => {
  it('tells which lanes have an opinion about a document, and how many', () => {
    const opinions = [0, 1, 2].map((row) => [0, 1, 2].map((lane) => panel.hasVote(lane, row)));
    expect(opinions).to.deep.equal([
      [true, true, false],
      [false, true, false],
      [false, false, false],
    ]);
    expect([0, 1, 2].map((row) => panel.votes(row))).to.deep.equal([2, 1, 0]);
  });

  it('has no opinions about documents and lanes beyond the last', () => {
    expect(panel.hasVote(0, 3)).to.equal(false);
    expect(panel.hasVote(3, 0)).to.equal(false);
    expect(panel.votes(3)).to.equal(0);
  });
});

describe('Ballot', () => {
  it('reads one row of every lane', () => {
    expect(new Ballot(panel, 0).scores).to.deep.equal({
      tech: { tech: 0.5 },
      group: { finance: 0.25, culture: 0.75 },
      hung: null,
    });
    expect(new Ballot(panel, 1).scores).to.deep.equal({ tech: null, group: { finance: 1, culture: 0 }, hung: null });
    expect(new Ballot(panel, 2).scores).to.deep.equal({ tech: null, group: null, hung: null });
  });

  it('names the labels to decide between', () => {
    expect(new Ballot(panel, 0).labels).to.deep.equal(['tech', 'finance', 'culture', 'sport']);
  });

  it('is written as its scores in JSON', () => {
    expect(JSON.parse(JSON.stringify({ ballot: new Ballot(panel, 1) }))).to.deep.equal({
      ballot: new Ballot(panel, 1).scores,
    });
  });
});
