import { expect } from 'chai';
import { reportText } from '../../../cli/compress/report.ts';
import { palette } from '../../../cli/terminal.ts';
import { evaluatePredictions } from '../../../src/evaluate/evaluate-predictions.ts';

const BEFORE = evaluatePredictions({
  labels: ['a', 'b'],
  truth: [0, 1],
  probabilities: [0.9, 0.1, 0.2, 0.8],
  lanes: [],
});
const AFTER = evaluatePredictions({
  labels: ['a', 'b'],
  truth: [0, 1],
  probabilities: [0.9, 0.1, 0.6, 0.4],
  lanes: [],
  against: { name: 'small before', given: [0, 1] },
});

describe('the report of lockstep compress', () => {
  it('sets figures before and after side by side, and says what was done and what it cost', () => {
    const text = reportText(
      {
        name: 'small',
        before: { bytes: 2_345_678, evaluation: BEFORE, textsPerSecond: 1234.5 },
        after: { bytes: 98_765, evaluation: AFTER, textsPerSecond: 2000 },
        steps: ['networks (fcn): left out'],
        sameLabel: 0.5,
      },
      palette(false),
    );
    expect(text.split('\n').slice(0, 5)).to.deep.equal([
      'small: 2.35 MB → 98.8 kB',
      '                          before     after',
      '  size               2,345,678 B  98,765 B',
      '  accuracy              100.00 %   50.00 %',
      '  macro F1              100.00 %   33.33 %',
    ]);
    for (const part of [
      'texts/CPU s              1,235     2,000',
      'What was done\n  networks (fcn): left out',
      '50.00 % of the 2 rows get the label of before',
      'Accuracy −50.00 (95 % interval −100.00 to ±0.00',
    ])
      expect(text).to.include(part);
  });
});
