import type { Generation, History } from './history.ts';

/** A partition in the hands of a worker, from a generation of the group on. */
export interface Tenure {
  readonly generation: number;
  /** What the group had committed when it began: the worker reads from here. */
  readonly from: number;
}

/** Who had which partition when, and from which offset on, by what the broker wrote down. */
export class Tenures {
  readonly #generations: readonly Generation[];
  /** By generation and partition. */
  readonly #tenures = new Map<string, Tenure>();
  /** The last that a worker was found to have, by worker, partition and time: the judge asks for the same again and again. */
  readonly #known = new Map<string, Tenure | undefined>();

  constructor({ commits, generations }: History) {
    this.#generations = [...generations].sort((a, b) => a.number - b.number);
    const committed = new Map<number, number>();
    let next = 0;
    for (const { number, at, owners } of this.#generations) {
      for (let commit = commits[next]; commit && commit.at <= at; commit = commits[++next])
        committed.set(commit.partition, commit.offset);
      for (const partition of owners.keys())
        this.#tenures.set(`${number}/${partition}`, { generation: number, from: committed.get(partition) ?? 0 });
    }
  }

  /** What a worker had of a partition once it had joined, at some time; undefined if the group had not given it that partition. */
  of(worker: string, partition: number, joined: number): Tenure | undefined {
    const key = `${worker}/${partition}/${joined}`;
    if (this.#known.has(key)) return this.#known.get(key);
    const generation = this.#generations.findLast(({ at, owners }) => at <= joined && owners.get(partition) === worker);
    const tenure = generation && this.#tenures.get(`${generation.number}/${partition}`);
    this.#known.set(key, tenure);
    return tenure;
  }
}
