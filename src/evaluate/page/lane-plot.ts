import { element } from '../../observe/xml.ts';
import { fitted, widthOf } from '../../text-width.ts';
import type { LaneEvaluation } from '../evaluate-lane.ts';
import { figure, percent, points, pValue } from './html.ts';
import { picture, round, text, tip } from './plot.ts';

const WIDTH = 720;
const LONGEST_NAME = 28;
const CHARACTER = 7;
const BAR = 14;
const PITCH = 48;
/** Room for the number at the end of a bar. */
const NUMBER = 60;
const LEGEND = 28;

/** Each lane alone, beside the ensemble at the lane's own question; and in the table what the ensemble is without the lane. */
export function lanePlot(lanes: Readonly<Record<string, LaneEvaluation>>, accuracy: number): string {
  const entries = Object.entries(lanes);
  const names = entries.map(([name]) => fitted(name, Math.min(widthOf(name), LONGEST_NAME)));
  const left = Math.max(0, ...names.map(widthOf)) * CHARACTER + 16;
  const long = WIDTH - left - NUMBER;
  const bars = entries.flatMap(([name, lane], i) => {
    const y = LEGEND + i * PITCH;
    const bar = (share: number, at: number, className: string, who: string): string[] => [
      element('rect', { class: className, x: left, y: at, width: round(share * long), height: BAR }, [
        tip(`${who}, ${lane.question}: accuracy ${percent(share, 2)}`),
      ]),
      text(left + round(share * long) + 6, at + BAR - 3, percent(share)),
    ];
    return [
      text(left - 8, y + BAR + 4, names[i] ?? '', 'end'),
      ...bar(lane.accuracy, y, 'bar', name),
      ...bar(lane.ensemble.accuracy, y + BAR + 2, 'second', 'ensemble'),
    ];
  });
  const key = (x: number, className: string, meaning: string): string[] => [
    element('rect', { class: className, x, y: 2, width: BAR, height: BAR }),
    text(x + BAR + 6, BAR, meaning, 'faint'),
  ];
  return figure(
    picture(
      {
        id: 'lanes',
        title: 'Accuracy of each lane',
        description: 'For each lane its accuracy alone, and that of the ensemble at the same question.',
        width: WIDTH,
        height: LEGEND + entries.length * PITCH,
      },
      [...key(left, 'bar', 'the lane alone'), ...key(left + 150, 'second', 'the ensemble at its question'), ...bars],
    ),
    {
      caption: 'Lanes; “without it” is the ensemble when the lane abstains, in percentage points of accuracy',
      head: ['lane', 'question', 'accuracy', 'macro F1', 'AUC', 'ensemble', 'without it', 'McNemar'],
      rows: entries.map(([name, lane]) => [
        name,
        lane.question,
        percent(lane.accuracy, 2),
        percent(lane.macroF1, 2),
        lane.auc?.toFixed(4) ?? '',
        percent(lane.ensemble.accuracy, 2),
        lane.without ? points(lane.without.accuracy - accuracy) : '',
        lane.without ? pValue(lane.without.pValue) : '',
      ]),
    },
  );
}
