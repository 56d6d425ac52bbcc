import { expect } from 'chai';
import { reportText } from '../../../cli/evaluate/report.ts';
import { palette } from '../../../cli/terminal.ts';
import { evaluatePredictions } from '../../../src/evaluate/evaluate-predictions.ts';

const PLAIN = palette(false);
/** Of 20 rows, half of each label, the last of each is given the other; the confidence of that is low. */
const TRUTH = Array.from({ length: 20 }, (_, row) => (row < 10 ? 0 : 1));
const GIVEN = TRUTH.map((label, row) => (row % 10 === 9 ? 1 - label : label));
const PROBABILITIES = GIVEN.flatMap((label, row) => {
  const confidence = row % 10 === 9 ? 0.6 : 0.9;
  return label === 0 ? [confidence, 1 - confidence] : [1 - confidence, confidence];
});

describe('reportText', () => {
  it('draws all there is to know in columns, also with wide labels', () => {
    const evaluation = evaluatePredictions({
      labels: ['科技', 'finance'],
      truth: TRUTH,
      probabilities: PROBABILITIES,
      lanes: [
        {
          name: 'cnn',
          labels: ['finance'],
          scores: PROBABILITIES.filter((_, i) => i % 2 === 1),
          without: GIVEN.with(0, 1).with(1, 1),
        },
      ],
      against: { name: 'svm.txt', given: GIVEN.with(0, -1) },
    });
    expect(reportText('zh-mine', evaluation, PLAIN).split('\n')).to.deep.equal([
      'zh-mine: 20 rows, 2 labels',
      '                     95 % interval',
      '  accuracy  90.00 %  75.00 % to 100.00 %',
      `  macro F1  90.00 %  ${(evaluation.macroF1Interval[0] * 100).toFixed(2)} % to 100.00 %`,
      '',
      'Lanes',
      '  lane  question        accuracy  macro F1  ensemble  without it       p',
      '  cnn   finance or not   90.00 %   90.00 %   90.00 %      −10.00  0.5000',
      '',
      'Labels',
      '  label    precision   recall       F1  rows',
      '  科技       90.00 %  90.00 %  90.00 %    10',
      '  finance    90.00 %  90.00 %  90.00 %    10',
      '',
      'Confidence',
      '  Log loss 0.1865, Brier score 0.0900',
      '  Calibration error 15.00 %; 7.84 % is to be expected by chance',
      '',
      '  min. confidence  labelled  accuracy',
      '            0.600  100.00 %   90.00 %',
      '            0.900   90.00 %  100.00 %',
      '',
      'Confusion: a row a true label, a column a label given',
      '           科技  finance',
      '  科技        9        1',
      '  finance     1        9',
      '',
      'Against svm.txt',
      '  Accuracy there 85.00 %: zh-mine is +5.00 better (95 % interval ±0.00 to +15.00)',
      "  Only zh-mine right: 1 row; only svm.txt right: 0 rows; McNemar's test, exact: p 1.0000",
      '',
    ]);
  });

  it('shows of many labels the worst, and the most frequent confusions', () => {
    const labels = Array.from({ length: 100 }, (_, i) => `label ${i}`);
    const truth = [...labels.keys(), 7, 7];
    const probabilities = new Float64Array(truth.length * 100);
    for (const [row, label] of truth.entries()) probabilities[row * 100 + (label === 7 ? 8 : label)] = 1;
    const text = reportText('many', evaluatePredictions({ labels, truth, probabilities, lanes: [] }), PLAIN);
    expect(text.split('\n')).to.have.length.below(50);
    expect(text)
      .to.include('and 80 better ones')
      .and.to.match(/label 7 +0\.00 %/);
    expect(text).to.match(/^ {2}label 7 +label 8 +3$/m);
    expect(text).not.to.include('Lanes');
  });
});
