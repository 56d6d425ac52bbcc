import { expect } from 'chai';
import fc from 'fast-check';
import { type Evaluation, evaluatePredictions } from '../../../src/evaluate/evaluate-predictions.ts';
import { evaluationPage } from '../../../src/evaluate/page/page.ts';
import { parseXml } from '../../observe/parse-xml.ts';
import { GIVEN, LABELS, PROBABILITIES, TRUTH } from '../twelve-rows.ts';

const DOCTYPE = '<!DOCTYPE html>\n';
/** Elements that HTML does not close, and those of SVG: the only ones that may be written as `<x/>`. */
const MAY_BE_EMPTY = new Set(['meta', 'line', 'circle', 'rect', 'path']);

function parse(page: string) {
  expect(page.startsWith(DOCTYPE)).to.equal(true);
  return parseXml(page.slice(DOCTYPE.length).trimEnd());
}

function twelve(labels: readonly string[] = LABELS, lane = 'one'): Evaluation {
  return evaluatePredictions({
    labels,
    truth: TRUTH,
    probabilities: PROBABILITIES.flat(),
    lanes: [
      {
        name: lane,
        labels: labels.slice(1, 2),
        scores: PROBABILITIES.map((row) => row[1] ?? 0),
        without: GIVEN.with(0, 0),
      },
    ],
    against: { name: lane, given: TRUTH },
  });
}

describe('evaluationPage', () => {
  const page = evaluationPage('en-mine', twelve());
  const { tags, texts } = parse(page);
  const count = (name: string, className?: string) =>
    tags.filter((tag) => tag.name === name && (className === undefined || tag.attributes.get('class') === className))
      .length;

  it('says what the evaluation says', () => {
    expect(texts).to.include.members([
      'en-mine: evaluation',
      'Measured on 12 rows of 3 labels.',
      '50.00 %',
      '48.41 %',
      '1.1727',
      'Brier score 0.6956',
      'Against one',
      'b or not',
      '+8.33',
      'p = 0.0313',
    ]);
  });

  it('draws a mark a bin, a point a coverage, two bars a lane, and a cell a pair of labels', () => {
    const { reliability, coverage } = twelve();
    expect(count('circle', 'mark')).to.equal(reliability.length + coverage.length);
    expect(count('line', 'whisker')).to.equal(reliability.length);
    expect([count('rect', 'bar'), count('rect', 'second')]).to.deep.equal([1 + 1, 1 + 1]); // one of each in the legend
    expect(count('rect', 'cell')).to.equal(9);
  });

  it('gives every picture a name, a description and a table', () => {
    const ids = new Set(tags.flatMap(({ attributes }) => attributes.get('id') ?? []));
    const pictures = tags.filter(({ name }) => name === 'svg');
    expect(pictures).to.have.length(4);
    for (const { attributes } of pictures) {
      expect(attributes.get('role')).to.equal('img');
      for (const id of attributes.get('aria-labelledby')?.split(' ') ?? ['none']) expect(ids).to.include(id);
    }
    expect(count('figure')).to.equal(4);
    expect(count('details')).to.equal(4);
    expect(count('caption')).to.equal(count('table'));
    expect(tags[0]?.attributes.get('lang')).to.equal('en');
  });

  it('asks nothing of other places, runs nothing, and can be read on dark screens', () => {
    for (const { name, attributes } of tags) {
      expect(name).not.to.match(/^(?:script|link|img|iframe|image|use)$/);
      for (const [key, value] of attributes) {
        expect(key).not.to.match(/^on|href|src$/);
        expect(value).not.to.match(/url\(|https?:/);
      }
    }
    expect(page).not.to.match(/@import|url\(/);
    expect(page).to.include('prefers-color-scheme:dark').and.to.include('default-src &#39;none&#39;');
  });

  it('is read by HTML as by XML: nothing but void elements and shapes is closed at once', () => {
    for (const [, name = ''] of page.matchAll(/<([a-z\d]+)[^<>]*\/>/g)) expect(MAY_BE_EMPTY).to.include(name);
    const style = /<style>(.*?)<\/style>/s.exec(page)?.[1];
    expect(style)
      .to.have.length.above(500)
      .and.not.to.match(/[&<>"']/);
  });

  it('is well-formed whatever names are, and shows them', () => {
    const name = fc.string({ unit: 'binary', minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(fc.uniqueArray(name, { minLength: 3, maxLength: 3 }), name, (labels, lane) => {
        parse(evaluationPage(lane, twelve(labels, lane)));
      }),
      { numRuns: 12 },
    );
    const odd = parse(evaluationPage('<b>&amp;', twelve(['"a"', '科技', '<i>'], '&lt;')));
    expect(odd.texts).to.include.members(['<b>&amp;', '"a"', '科技', '<i>', '&lt;']);
  });

  it('stays a picture with a thousand labels', () => {
    const labels = Array.from({ length: 1000 }, (_, i) => `label ${i}`);
    const truth = labels.map((_, row) => row);
    const probabilities = new Float64Array(1e6);
    for (const row of truth) probabilities[row * 1000 + ((row + (row % 2)) % 1000)] = 1; // every second one is mistaken
    const large = evaluationPage('large', evaluatePredictions({ labels, truth, probabilities, lanes: [] }));
    expect(large.length).to.be.below(1e6);
    const parsed = parse(large);
    expect(parsed.texts).to.include('The 40 labels with the most mistakes.');
    expect(parsed.tags.filter(({ attributes }) => attributes.get('class') === 'cell')).to.have.length(1600);
    expect(parsed.texts).not.to.include('Lanes');
  });
});
