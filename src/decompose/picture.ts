import { packed } from '../observe/packed.ts';
import { label } from '../observe/timeline-svg-marks.ts';
import { element, escapeXml } from '../observe/xml.ts';
import { widthOf } from '../text-width.ts';
import { type ConfusedPair, confusedPairs } from './confused-pairs.ts';
import type { Decomposition } from './decompose.ts';
import { COLOURS, STYLE } from './picture-style.ts';
import { figuresOf, loadWords, titleOf } from './picture-words.ts';

/** Lengths in pixels. */
const MARGIN = 20;
const SMALLEST_RADIUS = 150;
/** Of the circle, for a label. */
const PITCH = 22;
const NODE = 7;
const THICKEST = 14;
const THINNEST = 0.5;
const LINE_HEIGHT = 20;
const BAR = { width: 120, height: 10 };
const NARROWEST = 640;
/** About the width of a character. */
const CHARACTER = 7.3;
/** Weaker edges would not be seen. */
const MOST_EDGES = 400;
/** How far an edge is drawn towards the middle: 0 is straight. */
const BEND = 0.6;

interface Point {
  readonly x: number;
  readonly y: number;
}

/**
 * Draws a decomposition as an SVG document: labels on a circle, those of a lane side by side and in its colour; lines between labels that
 * are taken for one another, the thicker the more often, in the lane's colour where both are in one lane; and the load of each lane.
 */
export function decompositionSvg(decomposition: Decomposition): string {
  const { labels, groups } = decomposition;
  const places = labels.length + groups.length; // a gap after each lane
  const radius = Math.max(SMALLEST_RADIUS, (places * PITCH) / (2 * Math.PI));
  const side = Math.max(...labels.map((name) => widthOf(name))) * CHARACTER + 2 * NODE;
  const width = Math.max(NARROWEST, 2 * (radius + side));
  const centre = { x: width / 2, y: radius + 4 * NODE + LINE_HEIGHT };
  const spots = spotsOf(groups, centre, radius);
  const below = centre.y + radius + 4 * NODE + LINE_HEIGHT;
  const { markup: loads, height } = loadBars(decomposition, below, width);
  const figures = paragraph(figuresOf(decomposition), below + height + LINE_HEIGHT, width);
  return sheet(width, below + height + (figures.length + 0.5) * LINE_HEIGHT, titleOf(decomposition), [
    label(0, 12, 'ink name', titleOf(decomposition)),
    ...edges(decomposition, spots, centre),
    ...nodes(groups, spots, centre),
    ...loads,
    ...figures,
  ]);
}

function sheet(innerWidth: number, innerHeight: number, title: string, parts: readonly string[]): string {
  const width = Math.ceil(innerWidth + 2 * MARGIN);
  const height = Math.ceil(innerHeight + 2 * MARGIN);
  return element(
    'svg',
    { xmlns: 'http://www.w3.org/2000/svg', width, height, viewBox: `0 0 ${width} ${height}`, role: 'img' },
    [
      element('title', {}, [escapeXml(title)]),
      element('style', {}, [escapeXml(STYLE)]),
      element('rect', { class: 'paper', x: 0.5, y: 0.5, width: width - 1, height: height - 1, rx: 8 }),
      element('g', { transform: `translate(${MARGIN},${MARGIN})` }, parts),
    ],
  );
}

/** Where each label stands. */
function spotsOf(groups: Decomposition['groups'], centre: Point, radius: number): ReadonlyMap<string, Point> {
  const places = groups.reduce((sum, group) => sum + group.length + 1, 0);
  const spots = new Map<string, Point>();
  let place = 0.5;
  for (const group of groups) {
    for (const name of group) {
      const angle = (2 * Math.PI * place) / places - Math.PI / 2;
      spots.set(name, { x: centre.x + radius * Math.cos(angle), y: centre.y + radius * Math.sin(angle) });
      place++;
    }
    place++;
  }
  return spots;
}

/** The strongest last, so that they lie on top. */
function edges(decomposition: Decomposition, spots: ReadonlyMap<string, Point>, centre: Point): string[] {
  const pairs = confusedPairs(decomposition).slice(0, MOST_EDGES);
  const most = pairs[0]?.rows ?? 1;
  return pairs.reverse().flatMap((pair) => edge(pair, most, spots, centre) ?? []);
}

function edge(
  { labels: [first, second], rows, lane }: ConfusedPair,
  most: number,
  spots: ReadonlyMap<string, Point>,
  centre: Point,
): string | undefined {
  const [a, b] = [spots.get(first), spots.get(second)];
  if (!a || !b) return undefined;
  const bent = (of: 'x' | 'y'): string => ((1 - BEND) * ((a[of] + b[of]) / 2) + BEND * centre[of]).toFixed(1);
  return element('path', {
    class: lane === undefined ? 'between edge' : `lane${lane % COLOURS} inside edge`,
    d: `M${a.x.toFixed(1)} ${a.y.toFixed(1)}Q${bent('x')} ${bent('y')} ${b.x.toFixed(1)} ${b.y.toFixed(1)}`,
    'stroke-width': Math.max((rows / most) * THICKEST, THINNEST).toFixed(2),
  });
}

function nodes(groups: Decomposition['groups'], spots: ReadonlyMap<string, Point>, centre: Point): string[] {
  return groups.flatMap((group, lane) =>
    group.flatMap((name) => {
      const { x, y } = spots.get(name) ?? centre;
      const [right, down] = [x - centre.x, y - centre.y];
      const length = Math.hypot(right, down) || 1;
      const isAbove = Math.abs(right) < length / 8;
      const side = isAbove ? ' middle' : right < 0 ? ' right' : '';
      const distance = isAbove ? 2.6 * NODE : 2 * NODE;
      return [
        element('circle', { class: `lane${lane % COLOURS}`, cx: x.toFixed(1), cy: y.toFixed(1), r: NODE }),
        label(
          Math.round(x + (right / length) * distance),
          Math.round(y + (down / length) * distance + 4),
          `ink${side}`,
          name,
        ),
      ];
    }),
  );
}

/** A line a lane: a bar as long as its load, what that is, and its labels. */
function loadBars({ groups, loads }: Decomposition, top: number, width: number): { markup: string[]; height: number } {
  const most = Math.max(...loads) || 1;
  const indent = BAR.width + 10 * CHARACTER;
  const markup: string[] = [];
  let y = top;
  for (const [lane, group] of groups.entries()) {
    const load = loads[lane] ?? 0;
    markup.push(
      element('rect', { class: 'track', x: 0, y: y + 4, ...BAR, rx: 3 }),
      element('rect', {
        class: `lane${lane % COLOURS}`,
        x: 0,
        y: y + 4,
        width: ((load / most) * BAR.width).toFixed(1),
        height: BAR.height,
        rx: 3,
      }),
      label(indent - CHARACTER, y + 13, 'faint right', loadWords(load)),
      ...wrapped(group, width - indent, ', ').map((words, line) =>
        label(indent, y + 13 + line * LINE_HEIGHT, 'ink', words),
      ),
    );
    y += wrapped(group, width - indent, ', ').length * LINE_HEIGHT;
  }
  return { markup, height: y - top };
}

function paragraph(statements: readonly string[], top: number, width: number): string[] {
  return wrapped(statements, width, ' · ').map((words, line) => label(0, top + line * LINE_HEIGHT, 'faint', words));
}

/** Words in lines of at most so many pixels. */
function wrapped(words: readonly string[], width: number, separator: string): string[] {
  const entries = words.map((text) => ({ text, width: widthOf(text) * CHARACTER }));
  return packed(entries, width, separator.length * CHARACTER).map((line) =>
    line.map(({ text }) => text).join(separator),
  );
}
