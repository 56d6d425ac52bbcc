import { describe } from '../../src/errors.ts';

/** What a setting may be: as text, on the command line or in the environment, and as a value of a configuration file. */
export interface Kind<T> {
  /** Completes "Expected ...". */
  readonly expected: string;
  /** Undefined if it is not that. */
  readonly parse: (text: string) => T | undefined;
  /** Undefined if it is not that. */
  readonly check: (value: unknown) => T | undefined;
  /** As it stands in a configuration file. */
  readonly print: (value: T) => unknown;
}

const DURATION = /^(\d+(?:\.\d+)?|\.\d+) ?(ms|s|m)$/;
const MILLISECONDS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000 };
/** No timer can wait longer. */
const LONGEST = 2 ** 31 - 1;
const TOPIC = /^(?!\.\.?$)[\w.-]{1,249}$/;
const BROKER = /^(?:[^\s:/@[\]]+|\[[\da-f:.]+\]):(\d{1,5})$/i;
const HIGHEST_PORT = 65_535;

/** Any text but none. */
export const text: Kind<string> = textual('a text', (value) => value.trim() !== '');

/** The name of a topic, as Kafka has it. */
export const topic: Kind<string> = textual(
  'the name of a topic: letters, digits, dots, dashes and underscores',
  (value) => TOPIC.test(value),
);

/** `host:port`; an IPv6 address in brackets. */
export const broker: Kind<string> = textual('a broker as host:port', (value) => {
  const [, port] = BROKER.exec(value) ?? [];
  return port !== undefined && isPort(Number(port)) && port !== '0';
});

/** A whole number of at least 1. */
export const count: Kind<number> = number(
  'a whole number of at least 1',
  (value) => Number.isSafeInteger(value) && value >= 1,
);

/** A port; 0 for any that is free. */
export const port: Kind<number> = number(`a port from 0 to ${HIGHEST_PORT}`, isPort);

/** Milliseconds, written with their unit: a bare number would be taken for seconds by some. */
export const duration: Kind<number> = {
  expected: 'a time of at least 1 ms with its unit, such as 5ms, 0.5s or 2m',
  parse: parseDuration,
  check: (value) => (typeof value === 'string' ? parseDuration(value) : undefined),
  print: (value) => (value % 1000 === 0 ? `${value / 1000}s` : `${value}ms`),
};

/** Yes or no. */
export const flag: Kind<boolean> = {
  expected: 'true or false',
  parse: (value) => (value === 'true' ? true : value === 'false' ? false : undefined),
  check: (value) => (typeof value === 'boolean' ? value : undefined),
  print: (value) => value,
};

/** One of several words. */
export function choice<T extends string>(...words: readonly T[]): Kind<T> {
  const parse = (value: string): T | undefined => words.find((word) => word === value);
  return {
    expected: words.join(', ').replace(/, (?=[^,]*$)/, ' or '),
    parse,
    check: (value) => (typeof value === 'string' ? parse(value) : undefined),
    print: (value) => value,
  };
}

/** Some of a kind, none twice: with commas between them, or as a list. */
export function list<T>(kind: Kind<T>, plural: string): Kind<readonly T[]> {
  const all = (values: readonly (T | undefined)[]): readonly T[] | undefined => {
    const known = values.filter((value) => value !== undefined);
    return known.length === values.length && known.length > 0 && new Set(known).size === known.length
      ? known
      : undefined;
  };
  const parse = (value: string): readonly T[] | undefined =>
    all(value.split(',').map((part) => kind.parse(part.trim())));
  return {
    expected: `${plural}, each once: a list, or with commas between them`,
    parse,
    check: (value) =>
      Array.isArray(value) ? all(value.map(kind.check)) : typeof value === 'string' ? parse(value) : undefined,
    print: (values) => values.map(kind.print),
  };
}

/** How a value of a configuration file is shown in a message. A password in the address of a broker is not. */
export function shown(value: unknown): string {
  if (value === null || value === undefined) return 'nothing';
  if (typeof value === 'string') return describe(value.replaceAll(/[^\s,]*@/g, '…@'));
  if (value instanceof Map) return 'a map';
  return Array.isArray(value) ? `a list (${value.map(shown).join(', ').slice(0, 60)})` : describe(value);
}

function textual(expected: string, accepts: (value: string) => boolean): Kind<string> {
  const parse = (value: string): string | undefined => (accepts(value) ? value : undefined);
  return {
    expected,
    parse,
    check: (value) => (typeof value === 'string' ? parse(value) : undefined),
    print: (value) => value,
  };
}

function number(expected: string, accepts: (value: number) => boolean): Kind<number> {
  return {
    expected,
    parse: (value) => (/^\d+$/.test(value) && accepts(Number(value)) ? Number(value) : undefined),
    check: (value) => (typeof value === 'number' && accepts(value) ? value : undefined),
    print: (value) => value,
  };
}

function parseDuration(value: string): number | undefined {
  const [, amount, unit] = DURATION.exec(value) ?? [];
  const milliseconds = Number(amount) * (MILLISECONDS[unit ?? ''] ?? Number.NaN);
  return milliseconds >= 1 && milliseconds <= LONGEST ? milliseconds : undefined;
}

function isPort(value: number): boolean {
  return Number.isInteger(value) && value >= 0 && value <= HIGHEST_PORT;
}
