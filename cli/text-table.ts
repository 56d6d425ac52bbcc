import { fitted, widthOf } from './terminal.ts';

/** A column of a table: its heading, and which side its cells lean to. */
export interface Column {
  readonly head: string;
  readonly align?: 'left' | 'right';
}

const MARGIN = '  ';
const GAP = '  ';

/** Lines of a table whose columns are as wide as they must be; wide characters count as two. */
export function tableLines(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  dim: (text: string) => string = (text) => text,
): string[] {
  const widths = columns.map(({ head }, i) => Math.max(widthOf(head), ...rows.map((row) => widthOf(row[i] ?? ''))));
  const line = (cells: readonly string[]): string =>
    (MARGIN + columns.map(({ align }, i) => fitted(cells[i] ?? '', widths[i] ?? 0, align)).join(GAP)).trimEnd();
  return [dim(line(columns.map(({ head }) => head))), ...rows.map(line)];
}
