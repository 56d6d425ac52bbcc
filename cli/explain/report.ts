import type { Explanation, PieceEffect } from '../../src/explain/explain.ts';
import type { Palette } from '../terminal.ts';
import { tableLines } from '../text-table.ts';
import { type ColorDepth, clean, highlighted } from './highlight.ts';

/** Pieces of the text that are listed. */
const LISTED = 10;
/** Pieces that are named for each lane. */
const NAMED = 3;
const BAR = 20;
/** A smaller effect is shown as none. */
const LEAST = 0.005;

/** Draws an explanation as text. */
export function explanationText(name: string, explanation: Explanation, palette: Palette, depth: ColorDepth): string {
  const { bold, dim } = palette;
  const { label, confidence, runnerUp, logOdds, pieces } = explanation;
  const against = runnerUp === undefined ? '' : `, ${logOdds.toFixed(2)} in log-odds ahead of ${clean(runnerUp)}`;
  return [
    `${dim(`${name}:`)} ${bold(clean(label))} ${(confidence * 100).toFixed(1)} %${against}`,
    '',
    highlighted(explanation, depth),
    '',
    ...lanes(explanation, dim),
    '',
    ...strongest(pieces, ({ effect }) => effect, LISTED).map((piece) => bar(piece, pieces, palette)),
    '',
  ].join('\n');
}

function lanes({ lanes: byName, rest, pieces }: Explanation, dim: Palette['dim']): string[] {
  const rows = Object.entries(byName).map(([name, lane]) => {
    if (lane === null) return [name, 'abstains', '', ''];
    const moved = strongest(pieces, ({ lanes: effects }) => effects[name] ?? 0, NAMED);
    return [
      name,
      `${lane.label} ${(lane.score * 100).toFixed(1)} %`,
      signed(lane.share),
      moved.map((piece) => `${piece.text} ${signed(piece.lanes[name] ?? 0)}`).join('  '),
    ];
  });
  return tableLines(
    [{ head: 'lane' }, { head: 'says' }, { head: 'share', align: 'right' }, { head: 'moved most by' }],
    [...rows, ...(Math.abs(rest) < LEAST ? [] : [['(bias)', '', signed(rest), '']])],
    dim,
  );
}

function strongest(
  pieces: readonly PieceEffect[],
  effectOf: (piece: PieceEffect) => number,
  count: number,
): PieceEffect[] {
  return pieces
    .filter((piece) => Math.abs(effectOf(piece)) >= LEAST)
    .toSorted((a, b) => Math.abs(effectOf(b)) - Math.abs(effectOf(a)))
    .slice(0, count);
}

function bar({ text, effect }: PieceEffect, pieces: readonly PieceEffect[], { green, red }: Palette): string {
  const greatest = Math.max(...pieces.map((piece) => Math.abs(piece.effect)));
  const length = Math.max(1, Math.round((Math.abs(effect) / greatest) * BAR));
  const colour = effect > 0 ? green : red;
  return `  ${signed(effect).padStart(6)}  ${colour('█'.repeat(length))}${' '.repeat(BAR - length)}  ${clean(text)}`;
}

function signed(value: number): string {
  const size = Math.abs(value).toFixed(2);
  return `${value < 0 ? '−' : '+'}${size}`;
}
