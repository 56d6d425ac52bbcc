import { element } from '../../observe/xml.ts';
import type { CoveragePoint } from '../coverage.ts';
import { figure, percent } from './html.ts';
import { floorOf, PLOT, picture, plane, tip } from './plot.ts';

/** Accuracy of what is labelled, against how much is. */
export function coveragePlot(coverage: readonly CoveragePoint[]): string {
  const low = floorOf(coverage.map(({ accuracy }) => accuracy));
  const { x, y, markup } = plane({ x: 0, y: low }, { x: 'labelled', y: 'accuracy' });
  const path = coverage.map((point, i) => `${i === 0 ? 'M' : 'L'}${x(point.coverage)} ${y(point.accuracy)}`).join('');
  const marks = coverage.map((point) =>
    element('circle', { class: 'mark', cx: x(point.coverage), cy: y(point.accuracy), r: 2.5 }, [tip(described(point))]),
  );
  return figure(
    picture(
      {
        id: 'coverage',
        title: 'Accuracy against coverage',
        description:
          'Accuracy of the rows that are labelled, against their share, if verdicts below a confidence are not used.',
        width: PLOT.width,
        height: PLOT.height,
      },
      [...markup, element('path', { class: 'curve', d: path }), ...marks],
    ),
    {
      caption: 'What is labelled if verdicts below a confidence are not used',
      head: ['minimal confidence', 'labelled', 'accuracy'],
      rows: coverage.map((point) => [
        point.minConfidence.toFixed(4),
        percent(point.coverage),
        percent(point.accuracy, 2),
      ]),
    },
  );
}

function described({ minConfidence, coverage, accuracy }: CoveragePoint): string {
  return `from a confidence of ${minConfidence.toFixed(3)}: ${percent(coverage)} labelled, ${percent(accuracy)} of them right`;
}
