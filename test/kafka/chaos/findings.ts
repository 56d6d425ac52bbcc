/** Something that must not be. */
export interface Finding {
  readonly what: string;
  readonly count: number;
  readonly examples: readonly string[];
}

const EXAMPLES = 5;

/** Gathers what must not be: every case is counted, a few are shown. */
export class Findings {
  readonly #found = new Map<string, { count: number; examples: string[] }>();

  add(what: string, example: string): void {
    const found = this.#found.get(what) ?? { count: 0, examples: [] };
    this.#found.set(what, found);
    found.count++;
    if (found.examples.length < EXAMPLES) found.examples.push(example);
  }

  get all(): readonly Finding[] {
    return Array.from(this.#found, ([what, { count, examples }]) => ({ what, count, examples }));
  }
}
