import type { Readable } from 'node:stream';
import { openBytes } from '../src/sources/bytes.ts';
import { type Line, LineSplitter } from '../src/sources/line-splitter.ts';

const LONGEST_LINE = 2 ** 20;

/**
 * The texts of a file or stream, one a line, as they come: an empty line is an empty text. Of a line that cannot be read as it should
 * be there is what can be shown of it, and `onBadLine` is told.
 *
 * @throws LockstepError `INVALID_DATA` if the input cannot be read
 */
export async function* readTexts(
  input: string | Readable,
  onBadLine: (line: Line, name: string) => void = () => {},
): AsyncGenerator<readonly string[]> {
  const bytes = openBytes(input);
  const splitter = new LineSplitter(LONGEST_LINE);
  let given = 0;
  /** Texts up to a line, with those that are empty, which the splitter leaves out. */
  const texts = (lines: readonly Line[]): string[] => {
    const all = new Array<string>(splitter.count - given).fill('');
    for (const line of lines) {
      all[line.number - given - 1] = line.text;
      if (line.problem !== undefined) onBadLine(line, bytes.name);
    }
    given = splitter.count;
    return all;
  };
  try {
    for await (const chunk of bytes.chunks) yield texts(splitter.push(chunk));
    yield texts(splitter.end());
  } finally {
    bytes.close();
  }
}

/** All texts of a file. */
export async function allTexts(input: string | Readable): Promise<string[]> {
  const all: string[] = [];
  for await (const texts of readTexts(input)) for (const text of texts) all.push(text);
  return all;
}
