import { InvalidArgumentError, Option } from 'commander';

const DURATION = /^(\d+(?:\.\d+)?|\.\d+)\s*(ms|s)?$/;
const LONGEST = 2 ** 31 - 1;
/** The value of an option that draws, where it is to draw on the terminal. */
export const TERMINAL = '-';

/** `5`, `5ms`, `0.5s`: milliseconds, from 1 to 2,147,483,647. */
export function parsePeriod(value: string): number {
  const [, amount, unit] = DURATION.exec(value.trim()) ?? [];
  const period = Number(amount) * (unit === 's' ? 1000 : 1);
  if (period >= 1 && period <= LONGEST) return period;
  throw new InvalidArgumentError('Expected a time of at least 1 ms, such as 5ms or 0.5s.');
}

/** An integer of at least 1. */
export function parseCount(value: string): number {
  const count = /^\d+$/.test(value.trim()) ? Number(value) : Number.NaN;
  if (Number.isSafeInteger(count) && count >= 1) return count;
  throw new InvalidArgumentError('Expected a whole number of at least 1.');
}

/** A non-negative integer, for a seed. */
export function parseSeed(value: string): number {
  const seed = /^\d+$/.test(value.trim()) ? Number(value) : Number.NaN;
  if (seed < 2 ** 32) return seed;
  throw new InvalidArgumentError('Expected a whole number from 0 to 4,294,967,295.');
}

/** A number between 0 and 1, both excluded. */
export function parseFraction(value: string): number {
  const fraction = value.trim() === '' ? Number.NaN : Number(value);
  if (fraction > 0 && fraction < 1) return fraction;
  throw new InvalidArgumentError('Expected a number between 0 and 1, such as 0.1.');
}

/** `a,b,c`: different names, at least two. */
export function parseNames(value: string): string[] {
  const names = value
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
  if (names.length >= 2 && new Set(names).size === names.length) return names;
  throw new InvalidArgumentError('Expected at least two different names with commas between them.');
}

/** The name of an SVG file, or {@link TERMINAL}. */
export function parseSvgFile(value: string): string {
  if (value === TERMINAL || /\.svg$/i.test(value)) return value;
  throw new InvalidArgumentError('Expected the name of a file that ends with .svg.');
}

/** `--backend`: what runs trained lanes. */
export function backendOption(): Option {
  return new Option('--backend <name>', 'compiled lanes, or tensors on a backend (default: the best there is)').choices(
    ['auto', 'compiled', 'native', 'wasm', 'cpu'],
  );
}
