import { element } from '../../observe/xml.ts';
import type { ReliabilityBin } from '../calibration.ts';
import { figure, percent } from './html.ts';
import { floorOf, PLOT, picture, plane, tip } from './plot.ts';

/** Of the normal distribution: 95 % lie within so many standard deviations. */
const DEVIATIONS = 1.959964;

/** How often verdicts of like confidence are right: on the diagonal if confidence is to be believed. */
export function reliabilityPlot(bins: readonly ReliabilityBin[]): string {
  const low = floorOf(bins.flatMap(({ confidence, accuracy }) => [confidence, accuracy]));
  const { x, y, markup } = plane({ x: low, y: low }, { x: 'confidence', y: 'accuracy' });
  const marks = bins.map((bin) => {
    const [from, to] = wilson(bin);
    const cx = x(bin.confidence);
    return element('g', {}, [
      tip(`${bin.rows} rows: confidence ${percent(bin.confidence)}, accuracy ${percent(bin.accuracy)}`),
      element('line', { class: 'whisker', x1: cx, y1: y(Math.max(from, low)), x2: cx, y2: y(to) }),
      element('circle', { class: 'mark', cx, cy: y(bin.accuracy), r: 4 }),
    ]);
  });
  return figure(
    picture(
      {
        id: 'reliability',
        title: 'Reliability diagram',
        description: `Accuracy against mean confidence in ${bins.length} bins of equal mass, with 95 % intervals; the dashed diagonal is exact calibration.`,
        width: PLOT.width,
        height: PLOT.height,
      },
      [...markup, element('line', { class: 'ideal', x1: x(low), y1: y(low), x2: x(1), y2: y(1) }), ...marks],
    ),
    {
      caption: 'Bins of equal mass, from the least confident rows on',
      head: ['confidence', 'accuracy', '95 % interval', 'rows'],
      rows: bins.map((bin) => {
        const [from, to] = wilson(bin);
        return [percent(bin.confidence), percent(bin.accuracy), `${percent(from)} to ${percent(to)}`, `${bin.rows}`];
      }),
    },
  );
}

/**
 * The interval of a share of rows.
 *
 * Source: E. B. Wilson, Probable inference, the law of succession, and statistical inference, JASA 22, 1927.
 */
export function wilson({ rows, accuracy }: Pick<ReliabilityBin, 'rows' | 'accuracy'>): [low: number, high: number] {
  const z = DEVIATIONS ** 2 / rows;
  const center = accuracy + z / 2;
  const half = DEVIATIONS * Math.sqrt((accuracy * (1 - accuracy) + z / 4) / rows);
  return [Math.max(0, (center - half) / (1 + z)), Math.min(1, (center + half) / (1 + z))];
}
