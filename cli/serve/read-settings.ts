import { readFile } from 'node:fs/promises';
import { usualInFlight } from '../../src/kafka/source-options.ts';
import type { Console } from '../console.ts';
import { type ConfigFile, readConfigFile } from './config-file.ts';
import { contradictions } from './contradictions.ts';
import { shown } from './kinds.ts';
import { type Problem, SettingsError } from './problems.ts';
import {
  DEFAULTS,
  everywhere,
  longOption,
  SETTINGS,
  type ServeSettings,
  type Setting,
  type SettingName,
} from './settings.ts';

/** The options of the command line that were given, by the name of the setting: text, or true or false for a switch. */
export type GivenOptions = Readonly<Partial<Record<SettingName | 'config', string | boolean>>>;

/** Settings, and who says so. */
export interface EffectiveSettings {
  readonly settings: ServeSettings;
  /** The option, the variable or the key that a setting is from; absent for a default. */
  readonly origins: ReadonlyMap<SettingName, string>;
}

/** A setting as it was given. */
interface Given<T> {
  readonly value: T | undefined;
  readonly where: string;
  /** What is shown if it is wrong. */
  readonly got: string;
}

type Environment = Console['env'];
type Mutable<T> = { -readonly [K in keyof T]: T[K] };

const SSL_DETAILS: readonly SettingName[] = ['sslCa', 'sslCert', 'sslKey', 'sslRejectUnauthorized'];
/** Names the configuration file. */
export const CONFIG_VARIABLE = 'LOCKSTEP_CONFIG';

/**
 * The settings: the command line goes over the environment, that over the configuration file, that over the defaults.
 *
 * @throws SettingsError with everything that is wrong, be it overridden or not
 */
export async function readSettings(options: GivenOptions, env: Environment): Promise<EffectiveSettings> {
  const file = options.config ?? (env[CONFIG_VARIABLE] || undefined);
  const config = typeof file === 'string' ? await readConfigFile(file) : undefined;
  const reading = new Reading(options, env, config, String(file));
  const settings: Mutable<ServeSettings> = { ...DEFAULTS };
  for (const name of settingNames()) await reading.read(name, settings);
  if (!reading.origins.has('inFlight')) settings.inFlight = usualInFlight(settings.exactlyOnce);
  if (!reading.origins.has('ssl')) settings.ssl = SSL_DETAILS.some((name) => reading.origins.has(name));
  const problems = [...reading.problems, ...contradictions(settings, reading.origins)];
  if (problems.length > 0) throw new SettingsError(problems);
  return { settings, origins: reading.origins };
}

/** The names of all settings, in order. */
export function settingNames(): SettingName[] {
  return Object.keys(SETTINGS).filter((name): name is SettingName => name in DEFAULTS);
}

class Reading {
  readonly problems: Problem[];
  readonly origins = new Map<SettingName, string>();
  readonly #options: GivenOptions;
  readonly #env: Environment;
  readonly #config: ConfigFile | undefined;
  readonly #file: string;

  constructor(options: GivenOptions, env: Environment, config: ConfigFile | undefined, file: string) {
    this.#options = options;
    this.#env = env;
    this.#config = config;
    this.#file = file;
    this.problems = [...(config?.problems ?? [])];
  }

  /** Reads one setting from wherever it is given, and puts in what counts. */
  async read<N extends SettingName>(name: N, into: Mutable<ServeSettings>): Promise<void> {
    const setting: Setting<NonNullable<ServeSettings[N]>> = SETTINGS[name];
    const all = [this.#onCommandLine(name, setting), await this.#inEnvironment(setting), this.#inFile(setting)];
    const given = all.filter((each) => each !== undefined);
    for (const { where, value, got } of given)
      if (value === undefined) this.#problem(where, `expected ${setting.kind.expected}, got ${got}`);
    const [first] = given;
    if (first?.value !== undefined) {
      into[name] = first.value;
      this.origins.set(name, first.where);
    } else if (setting.required && !first) {
      this.#problem(everywhere(setting), `expected ${setting.kind.expected}, got nothing`);
    }
  }

  #onCommandLine<T>(name: SettingName, { kind, option = '' }: Setting<T>): Given<T> | undefined {
    const given = this.#options[name];
    if (given === undefined) return undefined;
    const where = longOption(option);
    const value = typeof given === 'string' ? kind.parse(given) : kind.check(given);
    return { value, where, got: shown(given) };
  }

  async #inEnvironment<T>(setting: Setting<T>): Promise<Given<T> | undefined> {
    const { kind, variable, fromFile } = setting;
    const plain = this.#env[variable] || undefined;
    const file = fromFile ? this.#env[`${variable}_FILE`] || undefined : undefined;
    if (file !== undefined) return this.#inSecretFile(setting, file, plain !== undefined);
    if (plain === undefined) return undefined;
    const got = isSecret(setting) ? 'something else' : shown(plain);
    return { value: kind.parse(plain), where: variable, got };
  }

  async #inSecretFile<T>({ kind, variable }: Setting<T>, file: string, isPlain: boolean): Promise<Given<T>> {
    const where = `${variable}_FILE`;
    const given = { where, value: undefined };
    if (isPlain) this.#problem(where, `expected either this or ${variable}, got both`);
    const content = await readFile(file, 'utf8').catch(() => undefined);
    if (content === undefined) return { ...given, got: `${shown(file)}, which cannot be read` };
    return { ...given, value: kind.parse(content.replace(/\r?\n$/, '')), got: 'a file with something else' };
  }

  #inFile<T>({ kind, key }: Setting<T>): Given<T> | undefined {
    if (key === undefined || !this.#config?.values.has(key)) return undefined;
    const value = this.#config.values.get(key);
    return { value: kind.check(value), where: `${this.#file}, key ${key}`, got: shown(value) };
  }

  #problem(where: string, what: string): void {
    this.problems.push({ where, what });
  }
}

/** A secret is shown nowhere. */
export function isSecret({ key }: Pick<Setting<unknown>, 'key'>): boolean {
  return key === undefined;
}
