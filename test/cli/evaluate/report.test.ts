import { expect } from 'chai';
import { reportText } from '../../../cli/evaluate/report.ts';
import { palette } from '../../../cli/terminal.ts';

describe('reportText', () => {
  it('draws scores and the confusion matrix in columns, also with wide labels', () => {
    const text = reportText(
      'zh-topics',
      {
        rows: 1234,
        accuracy: 0.9,
        macroF1: 0.8765,
        labels: ['科技', 'finance'],
        confusion: [
          [1000, 34],
          [100, 100],
        ],
        calibrationError: 0.0213,
        lanes: { cnn: { accuracy: 0.85, macroF1: 0.8 } },
      },
      palette(false),
    );
    expect(text.split('\n')).to.deep.equal([
      'zh-topics: 1,234 rows',
      '',
      '            accuracy   macro F1',
      '  ensemble   90.00 %     87.65 %',
      '  cnn        85.00 %     80.00 %',
      '',
      'Calibration error 2.13 %',
      '',
      'Confusion: a row a true label, a column a label given',
      '           科技  finance',
      '  科技     1000       34',
      '  finance   100      100',
      '',
    ]);
  });
});
