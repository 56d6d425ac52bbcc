import { STAGES, type Stage } from './timeline-stages.ts';
import { element, escapeXml } from './xml.ts';

/** A column of the picture is so many pixels wide. */
export const PITCH = 22;
export const BATCH_HEIGHT = 22;
export const LANE_HEIGHT = 14;

/** Colours of a stage and of the letter on it: they keep apart on light paper, on dark paper, and in grey. */
const INK: Readonly<Record<Stage, { readonly fill: string; readonly letter: string }>> = {
  issue: { fill: '#1f5fbf', letter: '#ffffff' },
  early: { fill: '#1f5fbf', letter: '#ffffff' },
  execute: { fill: '#a8d1f7', letter: '#0b2e55' },
  wait: { fill: '#f2c94c', letter: '#4a3500' },
  retire: { fill: '#1a7f37', letter: '#ffffff' },
  reject: { fill: '#cf222e', letter: '#ffffff' },
  run: { fill: '#6cabe8', letter: '#ffffff' },
  answer: { fill: '#1a7f37', letter: '#ffffff' },
  partial: { fill: '#f2c94c', letter: '#4a3500' },
  abstain: { fill: '#cf222e', letter: '#ffffff' },
  stall: { fill: '#f2c94c', letter: '#4a3500' },
  bubble: { fill: 'none', letter: 'none' },
};

export const STYLE: string = [
  'text{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace;font-size:12px}',
  '.letter{font-weight:bold;text-anchor:middle}.small{font-size:11px}.tiny{font-size:9px}.tick{text-anchor:middle}',
  '.right{text-anchor:end}.name{font-weight:bold}.cut{opacity:.45}',
  '.paper{fill:#ffffff;stroke:#d0d7de}.ink{fill:#1f2328}.faint{fill:#59636e}',
  '.guide{stroke:#d8dee4;stroke-dasharray:2 3}.ring{fill:none;stroke:#59636e;stroke-width:1.5}',
  ...Object.entries(INK).map(([stage, { fill, letter }]) => `.${stage}{fill:${fill}}.on-${stage}{fill:${letter}}`),
  '@media (prefers-color-scheme:dark){.paper{fill:#0d1117;stroke:#30363d}.ink{fill:#e6edf3}.faint{fill:#9198a1}',
  '.guide{stroke:#30363d}.ring{stroke:#9198a1}}',
].join('');

export function label(x: number, y: number, classes: string, words: string): string {
  return element('text', { x, y, class: classes }, [escapeXml(words)]);
}

/** How a box is drawn. */
interface BoxOptions {
  /** In pixels: less than a column where a batch is in two stages. @default a column */
  readonly width?: number;
  /** Whether it stands for cycles that are left out. @default false */
  readonly cut?: boolean;
}

/** How a bar is drawn. */
interface BarOptions {
  /** Whether the lane starts here. @default false */
  readonly first?: boolean;
  /** Whether it stands for cycles that are left out. @default false */
  readonly cut?: boolean;
}

/** The cell of a batch, or of an edge, with its top left corner at x, y: a box with its letter; a bubble is a bubble. */
export function box(stage: Stage, x: number, y: number, { width = PITCH, cut = false }: BoxOptions = {}): string {
  const middle = x + width / 2;
  if (stage === 'bubble' && !cut)
    return element('circle', { class: 'ring', cx: middle, cy: y + BATCH_HEIGHT / 2, r: 5 });
  const rest = cut ? ' cut' : '';
  return (
    element('rect', {
      class: `${stage}${rest}`,
      x: x + 1,
      y: y + 1,
      width: width - 2,
      height: BATCH_HEIGHT - 2,
      rx: 4,
    }) + label(middle, y + 15, `letter on-${stage}`, cut ? '…' : STAGES[stage].letter)
  );
}

/** The cell of a lane: a bar while it runs, into a disc where it ends. */
export function bar(stage: Stage, x: number, y: number, { first = false, cut = false }: BarOptions = {}): string {
  const middle = { x: x + PITCH / 2, y: y + LANE_HEIGHT / 2 };
  const ends = stage !== 'run' && !cut;
  const from = first ? x + 3 : x;
  const to = ends ? middle.x : x + PITCH;
  const line = element('rect', {
    class: cut ? 'run cut' : 'run',
    x: from,
    y: middle.y - 2,
    width: to - from,
    height: 4,
  });
  return ends ? line + disc(stage, middle.x, middle.y) : line;
}

function disc(stage: Stage, cx: number, cy: number): string {
  if (stage === 'answer') return element('circle', { class: stage, cx, cy, r: 4 });
  return (
    element('circle', { class: stage, cx, cy, r: 6 }) +
    label(cx, cy + 3.5, `letter tiny on-${stage}`, STAGES[stage].letter)
  );
}
