import { readFile } from 'node:fs/promises';
import { parseDocument, type YAMLError } from 'yaml';
import { shown } from './kinds.ts';
import { type Problem, SettingsError } from './problems.ts';
import { SETTINGS } from './settings.ts';

/** What a configuration file says: values by the path of their key, not yet checked. */
export interface ConfigFile {
  readonly values: ReadonlyMap<string, unknown>;
  readonly problems: readonly Problem[];
}

/** Keys that may hold what nobody is to read in a file of settings. */
const SECRET = /pass(word|phrase)|secret|token/i;
const SECRET_ADVICE =
  'expected no secrets in this file; set LOCKSTEP_KAFKA_PASSWORD, or name a file in LOCKSTEP_KAFKA_PASSWORD_FILE';
const KEYS: ReadonlySet<string> = new Set(Object.values(SETTINGS).flatMap(({ key }) => key ?? []));

/**
 * Reads a configuration file: YAML, of which JSON is a part.
 *
 * @throws SettingsError if it cannot be read as that at all
 */
export async function readConfigFile(file: string): Promise<ConfigFile> {
  let source: string;
  try {
    source = await readFile(file, 'utf8');
  } catch (cause) {
    throw new SettingsError([
      { where: file, what: `expected a file of settings, but it cannot be read (${codeOf(cause)})` },
    ]);
  }
  return parseConfig(source, file);
}

/**
 * @param file its name, for messages
 * @throws SettingsError if it is not YAML
 */
export function parseConfig(source: string, file: string): ConfigFile {
  const document = parseDocument(source, { stringKeys: true, logLevel: 'error' });
  const broken = [...document.errors, ...document.warnings].map(faultOf);
  let root: unknown;
  try {
    root = broken.length === 0 ? document.toJS({ mapAsMap: true }) : undefined;
  } catch {
    broken.push('an alias leads nowhere, or too far');
  }
  if (broken.length > 0)
    throw new SettingsError(broken.map((fault) => ({ where: file, what: `expected YAML or JSON, but ${fault}` })));
  const walk = new Walk(file);
  if (root !== null) walk.enter(root, '');
  return walk;
}

/** Goes through the maps of a file. */
class Walk implements ConfigFile {
  readonly values = new Map<string, unknown>();
  readonly problems: Problem[] = [];
  readonly #file: string;

  constructor(file: string) {
    this.#file = file;
  }

  enter(node: unknown, path: string): void {
    if (node instanceof Map) for (const [name, value] of node) this.#take(value, String(name), path);
    else
      this.#problem(
        path,
        `expected a map of ${keysWithin(path).join(', ')}, got ${typeof node === 'string' ? 'a text' : shown(node)}`,
      );
  }

  #take(value: unknown, name: string, parent: string): void {
    const names = keysWithin(parent);
    const key = parent === '' ? name : `${parent}.${name}`;
    const isBranch = keysWithin(key).length > 0;
    if (names.includes(name) && KEYS.has(key) && !(isBranch && value instanceof Map)) this.values.set(key, value);
    else if (names.includes(name)) this.enter(value, key);
    else if (SECRET.test(name)) this.#problem(key, SECRET_ADVICE);
    else this.#problem(key, `expected one of ${names.join(', ')}, got a key that is none of them`);
  }

  #problem(path: string, what: string): void {
    this.problems.push({ where: path === '' ? this.#file : `${this.#file}, key ${path}`, what });
  }
}

/** The names that a map may have. */
function keysWithin(path: string): string[] {
  const start = path === '' ? '' : `${path}.`;
  const names = [...KEYS]
    .filter((key) => key.startsWith(start))
    .map((key) => key.slice(start.length).split('.')[0] ?? '');
  return [...new Set(names)];
}

/** By its code, not its message, which may show what stands there: that may be a secret. */
function faultOf({ code, linePos }: Pick<YAMLError, 'code' | 'linePos'>): string {
  const [at] = linePos ?? [];
  return `${code.toLowerCase().replaceAll('_', ' ')}${at ? ` at line ${at.line}, column ${at.col}` : ''}`;
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : String(error);
}
