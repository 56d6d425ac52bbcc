import { confusedPairs } from '../../src/decompose/confused-pairs.ts';
import { figuresOf, loadWords, titleOf } from '../../src/decompose/picture-words.ts';
import type { Decomposition } from '../../src/ensemble/index.ts';
import type { Palette } from '../terminal.ts';
import { tableLines } from '../text-table.ts';

const BAR = 20;
const PAIRS = 10;

/** A decomposition for a terminal: its lanes with their loads, and the labels that are most often taken for one another. */
export function reportText(decomposition: Decomposition, { bold, dim, green }: Palette): string {
  const { groups, loads } = decomposition;
  const most = Math.max(...loads) || 1;
  const lanes = groups.map((labels, lane) => {
    const load = loads[lane] ?? 0;
    return [String(lane + 1), labels.join(', '), barOf(load / most), loadWords(load)];
  });
  const pairs = confusedPairs(decomposition).slice(0, PAIRS);
  const confusions = pairs.map(({ labels, rows, lane }) => [
    labels.join(' – '),
    rows.toLocaleString('en'),
    lane === undefined ? '' : String(lane + 1),
  ]);
  const lines = [
    bold(titleOf(decomposition)),
    '',
    ...tableLines(
      [{ head: 'lane', align: 'right' }, { head: 'labels' }, { head: 'load' }, { head: '', align: 'right' }],
      lanes,
      dim,
    ),
    '',
    ...figuresOf(decomposition).map((figure) => `  ${figure}`),
    ...(pairs.length === 0
      ? []
      : [
          '',
          ...tableLines(
            [{ head: 'most confused' }, { head: 'rows', align: 'right' }, { head: 'in lane', align: 'right' }],
            confusions,
            dim,
          ).map((line, i) => (pairs[i - 1]?.lane === undefined ? line : green(line))),
        ]),
  ];
  return `${lines.join('\n')}\n`;
}

function barOf(share: number): string {
  return '█'.repeat(Math.max(Math.round(share * BAR), 1));
}
