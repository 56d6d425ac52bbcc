import { WriteStream } from 'node:tty';
import type { Explanation } from '../../src/explain/explain.ts';
import type { Console, Output } from '../console.ts';
import { fitted, wantsColor, widthOf } from '../terminal.ts';

/** How many bits of colour an output shows: 24, 8, 4, or 1 for none. */
export type ColorDepth = 1 | 4 | 8 | 24;

/** What an output can show, and wants to: `NO_COLOR`, `FORCE_COLOR`, `TERM` and `COLORTERM` are heard. */
export function colorDepthOf(output: Output, env: Console['env']): ColorDepth {
  if (!wantsColor(output, env)) return 1;
  const depth = WriteStream.prototype.getColorDepth.call(output, { ...env });
  return depth === 24 || depth === 8 ? depth : 4;
}

/** A piece with less than this part of the greatest effect is not marked. */
const FAINT = 0.1;
/** Without colours only these are. */
const STRONG = 0.3;

/** From faint to strong, for the winner and for the runner-up, of the 256 colours; the text on them is light. */
const SHADES = { for: [22, 28, 34], against: [52, 88, 124] };
/** The strongest shades, of 24 bits. */
const GREEN = [26, 127, 55] as const;
const RED = [190, 30, 45] as const;

/**
 * A text in which what spoke for the winner is green and what spoke against it red, the more strongly the more it moved the verdict;
 * without colours `[+for]` and `[-against]`.
 */
export function highlighted({ text, pieces }: Pick<Explanation, 'text' | 'pieces'>, depth: ColorDepth): string {
  const greatest = Math.max(...pieces.map(({ effect }) => Math.abs(effect)));
  let shown = '';
  let at = 0;
  for (const { start, end, effect } of pieces) {
    shown += clean(text.slice(at, start)) + marked(clean(text.slice(start, end)), effect / greatest, depth);
    at = end;
  }
  return shown + clean(text.slice(at));
}

/** @param strength −1 to 1 */
function marked(text: string, strength: number, depth: ColorDepth): string {
  const size = Math.abs(strength);
  if (!(size >= (depth === 1 ? STRONG : FAINT))) return text;
  const isFor = strength > 0;
  switch (depth) {
    case 1:
      return `[${isFor ? '+' : '-'}${text}]`;
    case 4:
      return styled(text, `${(size < 0.5 ? 30 : 40) + (isFor ? 2 : 1)}`);
    case 8: {
      const shades = isFor ? SHADES.for : SHADES.against;
      const shade = shades[Math.min(Math.floor(size * shades.length), shades.length - 1)];
      return styled(text, `38;5;255;48;5;${shade}`);
    }
    case 24: {
      const [r, g, b] = (isFor ? GREEN : RED).map((part) => Math.round(part * (0.4 + 0.6 * size)));
      return styled(text, `38;2;255;255;255;48;2;${r};${g};${b}`);
    }
  }
}

function styled(text: string, style: string): string {
  return `\u001B[${style}m${text}\u001B[0m`;
}

/** Without what could do things to the terminal. */
export function clean(text: string): string {
  return fitted(text, widthOf(text));
}
