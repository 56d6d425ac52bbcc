import { describe } from '../errors.ts';

/** What a JSON line holds. */
export type JsonRecord = Readonly<Record<string, unknown>>;

/** Reads the JSON object that a line is. Throws an `Error` that says what it is instead. */
export function parseRecord(line: string): JsonRecord {
  const value = parse(line);
  if (isRecord(value)) return value;
  throw new Error(`expected a JSON object, got ${describe(value)}`);
}

/** The value at a path: that of the field of this very name, or else, part by part, that of the fields within fields. */
function fieldAt(record: JsonRecord, path: string): unknown {
  if (Object.hasOwn(record, path)) return record[path];
  let value: unknown = record;
  for (const part of path.split('.')) {
    if (!isContainer(value) || !Object.hasOwn(value, part)) return undefined;
    value = value[part];
  }
  return value;
}

/** The text of a record. Throws an `Error` if there is none. */
export function textAt(record: JsonRecord, path: string): string {
  const text = fieldAt(record, path);
  if (typeof text === 'string') return text;
  throw new Error(`expected the field \`${path}\` to be a string, got ${describe(text)}`);
}

/** The identity of a record; undefined if it has none. Throws an `Error` if it is not one that survives unchanged. */
export function idAt(record: JsonRecord, path: string): string | number | undefined {
  const id = fieldAt(record, path);
  if (id === undefined || id === null) return undefined;
  if (typeof id === 'string') return id;
  if (typeof id === 'number' && (Number.isSafeInteger(id) || !Number.isInteger(id))) return id;
  const hint = typeof id === 'number' ? ', a number too large to be kept exactly: make it a string' : '';
  throw new Error(`expected the field \`${path}\` to be a string or a number, got ${describe(id)}${hint}`);
}

function parse(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch (error) {
    throw new Error(`it is not JSON: ${error instanceof Error ? error.message : describe(error)}`, { cause: error });
  }
}

function isRecord(value: unknown): value is JsonRecord {
  return isContainer(value) && !Array.isArray(value);
}

function isContainer(value: unknown): value is JsonRecord {
  return typeof value === 'object' && value !== null;
}
