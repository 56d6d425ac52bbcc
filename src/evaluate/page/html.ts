import { element, escapeXml } from '../../observe/xml.ts';

/** An element of HTML: with an end tag also where it is empty, as HTML wants it. */
export function tag(
  name: string,
  children: readonly string[],
  attributes: Readonly<Record<string, string | number>> = {},
): string {
  return element(name, attributes, children.length === 0 ? [''] : children);
}

/** Plain words as markup. */
export function words(text: string): string {
  return escapeXml(text);
}

/** A table whose first column names the rows. */
export interface Table {
  readonly caption: string;
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

export function table({ caption, head, rows }: Table): string {
  return tag(
    'div',
    [
      tag('table', [
        tag('caption', [words(caption)]),
        tag('thead', [
          tag(
            'tr',
            head.map((cell) => tag('th', [words(cell)], { scope: 'col' })),
          ),
        ]),
        tag(
          'tbody',
          rows.map(([first = '', ...rest]) =>
            tag('tr', [tag('th', [words(first)], { scope: 'row' }), ...rest.map((cell) => tag('td', [words(cell)]))]),
          ),
        ),
      ]),
    ],
    { class: 'scroll', tabindex: 0 },
  );
}

/** A picture, with its figures as a table for those who cannot see it. */
export function figure(picture: string, figures: Table): string {
  return tag('figure', [picture, tag('details', [tag('summary', ['As a table']), table(figures)])]);
}

export function percent(share: number, digits: number = 1): string {
  return `${(share * 100).toFixed(digits)} %`;
}

/** A difference of shares, in percentage points. */
export function points(difference: number): string {
  const size = (Math.abs(difference) * 100).toFixed(2);
  return `${Number(size) === 0 ? '±' : difference < 0 ? '−' : '+'}${size}`;
}

export function pValue(p: number): string {
  return p < 0.0001 ? 'p < 0.0001' : `p = ${p.toFixed(4)}`;
}
