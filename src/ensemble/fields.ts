import { describe, LockstepError } from '../errors.ts';

/** What a JSON object holds. */
export type Fields = Readonly<Record<string, unknown>>;

/** `INVALID_ENSEMBLE`: a field is not what it should be. */
export function wrong(at: string, expected: string, got: unknown): LockstepError {
  return new LockstepError('INVALID_ENSEMBLE', `expected ${at} to be ${expected}, got ${describe(got)}`);
}

export function parseJson(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : describe(cause);
    throw new LockstepError('INVALID_ENSEMBLE', `it is not JSON: ${why}`, { cause });
  }
}

export function objectOf(at: string, value: unknown): Fields {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ...value };
  throw wrong(at, 'an object', value);
}

export function textOf(at: string, value: unknown): string {
  if (typeof value === 'string' && value !== '') return value;
  throw wrong(at, 'a non-empty string', value);
}

export function numberOf(at: string, value: unknown): number {
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  throw wrong(at, 'a finite number', value);
}

export function booleanOf(at: string, value: unknown): boolean {
  if (typeof value === 'boolean') return value;
  throw wrong(at, 'true or false', value);
}

export function listOf<T>(at: string, value: unknown, item: (at: string, value: unknown) => T): T[] {
  if (!Array.isArray(value)) throw wrong(at, 'an array', value);
  return value.map((one: unknown, index) => item(`${at}[${index}]`, one));
}

/** An object with one number for each of `keys`, and no others. */
export function numbersBy(at: string, value: unknown, keys: readonly string[]): Record<string, number> {
  const fields = objectOf(at, value);
  const unknown = Object.keys(fields).find((key) => !keys.includes(key));
  if (unknown !== undefined) throw wrong(at, `keyed by ${keys.join(', ')}`, unknown);
  return Object.fromEntries(keys.map((key) => [key, numberOf(`${at}.${key}`, fields[key])]));
}

/** `{ [name]: read(...) }`, or nothing if the field is absent. */
export function optional<K extends string, T>(
  at: string,
  fields: Fields,
  name: K,
  read: (at: string, value: unknown) => T,
): { [key in K]?: T } {
  const result: { [key in K]?: T } = {};
  if (fields[name] !== undefined) result[name] = read(`${at}.${name}`, fields[name]);
  return result;
}
