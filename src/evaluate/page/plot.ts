import { element } from '../../observe/xml.ts';
import { percent, words } from './html.ts';

/** A picture of a width and height in pixels, with a name and a description for those who cannot see it. */
export interface PictureOptions {
  readonly id: string;
  readonly title: string;
  readonly description: string;
  readonly width: number;
  readonly height: number;
}

export function picture(
  { id, title, description, width, height }: PictureOptions,
  children: readonly string[],
): string {
  return element(
    'svg',
    {
      width,
      height,
      viewBox: `0 0 ${width} ${height}`,
      role: 'img',
      'aria-labelledby': `${id}-title ${id}-description`,
    },
    [
      element('title', { id: `${id}-title` }, [words(title)]),
      element('desc', { id: `${id}-description` }, [words(description)]),
      ...children,
    ],
  );
}

/** A piece of text; `side` is where its x is: at its start, middle or end. */
export function text(x: number, y: number, content: string, classes: string = ''): string {
  return element('text', classes === '' ? { x, y } : { x, y, class: classes }, [words(content)]);
}

/** What is said of a mark when the pointer rests on it. */
export function tip(content: string): string {
  return element('title', {}, [words(content)]);
}

/** A plane of two shares. */
export interface Plane {
  readonly x: (share: number) => number;
  readonly y: (share: number) => number;
  /** Grid, ticks and titles of the axes. */
  readonly markup: readonly string[];
}

/** Where the plane is in its picture. */
export const PLOT = { width: 560, height: 360, left: 60, right: 28, top: 16, bottom: 48 } as const;

/** A plane from `low` to 1 on both axes. */
export function plane(
  low: { readonly x: number; readonly y: number },
  titles: { readonly x: string; readonly y: string },
): Plane {
  const { width, height, left, right, top, bottom } = PLOT;
  const x = (share: number): number => round(left + ((share - low.x) / (1 - low.x)) * (width - left - right));
  const y = (share: number): number => round(top + ((1 - share) / (1 - low.y)) * (height - top - bottom));
  const vertical = ticks(low.x).flatMap((share) => [
    element('line', { class: 'grid', x1: x(share), y1: top, x2: x(share), y2: height - bottom }),
    text(x(share), height - bottom + 18, percent(share, 0), 'faint middle'),
  ]);
  const horizontal = ticks(low.y).flatMap((share) => [
    element('line', { class: 'grid', x1: left, y1: y(share), x2: width - right, y2: y(share) }),
    text(left - 8, y(share) + 4, percent(share, 0), 'faint end'),
  ]);
  const middle = round((top + height - bottom) / 2);
  return {
    x,
    y,
    markup: [
      ...vertical,
      ...horizontal,
      text((left + width - right) / 2, height - 8, titles.x, 'middle'),
      element('text', { x: 14, y: middle, class: 'middle', transform: `rotate(-90 14 ${middle})` }, [words(titles.y)]),
    ],
  };
}

/** Round shares from `low` to 1, at most eleven. */
function ticks(low: number): number[] {
  const step = [0.01, 0.02, 0.05, 0.1].find((size) => (1 - low) / size <= 10.001) ?? 0.1;
  const count = Math.floor((1 - low) / step + 1e-9);
  return Array.from({ length: count + 1 }, (_, i) => round(1 - i * step, 1e4)).reverse();
}

/** A share that is a little below all of some, as the low end of an axis. */
export function floorOf(shares: readonly number[]): number {
  const least = Math.min(...shares, 0.95);
  return Math.max(0, Math.floor(least * 20) / 20);
}

/** So that the file is not full of digits. */
export function round(value: number, to: number = 100): number {
  return Math.round(value * to) / to;
}
