/** Something that is wrong with the settings. */
export interface Problem {
  /** The option, the variable or the key. */
  readonly where: string;
  readonly what: string;
}

/** Settings that cannot be used, with all that is wrong. */
export class SettingsError extends Error {
  override readonly name = 'SettingsError';
  readonly problems: readonly Problem[];

  constructor(problems: readonly Problem[]) {
    super(problems.map(({ where, what }) => `${where}: ${what}`).join('\n'));
    this.problems = problems;
  }
}
