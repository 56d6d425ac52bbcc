import type { Document } from '../../src/document/document.ts';
import type { Verdict } from '../../src/integrate/verdict.ts';
import type { Console } from '../console.ts';
import { columnsOf, fitted, palette, wantsColor } from '../terminal.ts';

const ID = 8;
const LABEL = 14;
const SURE = 10;
/** From here on a verdict is shown as sure. */
const CERTAIN = 0.8;
const DOUBTFUL = 0.5;

/** Draws labelled documents as rows of a table as wide as the terminal. */
export interface Table {
  readonly head: string;
  readonly row: (document: Document & { readonly verdict: Verdict }) => string;
}

export function table({ stdout, env }: Console): Table {
  const { bold, dim, green, yellow, red } = palette(wantsColor(stdout, env));
  const text = Math.max(10, columnsOf(stdout) - ID - LABEL - SURE - 6);
  return {
    head: bold(
      [fitted('id', ID, 'right'), fitted('label', LABEL), fitted('confidence', SURE, 'right'), 'text'].join('  '),
    ),
    row: (document) => {
      const { label, confidence, uncertain } = document.verdict;
      const colour = confidence >= CERTAIN ? green : confidence >= DOUBTFUL ? yellow : red;
      return [
        dim(fitted(String(document.id ?? ''), ID, 'right')),
        colour(fitted(uncertain ? `${label}?` : label, LABEL)),
        fitted(`${(confidence * 100).toFixed(1)} %`, SURE, 'right'),
        fitted(document.text, text).trimEnd(),
      ].join('  ');
    },
  };
}
