import type { ChaosRun } from './conductor.ts';
import type { Findings } from './findings.ts';
import type { Tenures } from './tenures.ts';
import type { Mode } from './worker-config.ts';

/** A verdict or a dead letter, and whose work it is. */
export interface Output {
  readonly id: number;
  /** Where its document stood. */
  readonly partition: number;
  readonly offset: number;
  readonly worker: string;
  /** When the worker had joined the group before it got the document. */
  readonly joined: number;
}

/** Counts the records of a topic by their documents, and looks for an excuse for each that is not the first. */
export class Tally {
  readonly #mode: Mode;
  readonly #tenures: Tenures;
  readonly #findings: Findings;
  /** Records by document. */
  readonly #records: Uint16Array;
  /** Who brought the first record of a document, and who the others, as numbers of hands. */
  readonly #first: Int32Array;
  readonly #others = new Map<number, number[]>();
  readonly #hands = new Map<string, number>();
  /** How many records that were not the first each of the hands brought. */
  readonly #again = new Map<number, number>();
  #total = 0;

  constructor({ mode, documents }: Pick<ChaosRun, 'mode' | 'documents'>, tenures: Tenures, findings: Findings) {
    this.#mode = mode;
    this.#tenures = tenures;
    this.#findings = findings;
    this.#records = new Uint16Array(documents);
    this.#first = new Int32Array(documents);
  }

  /** All records. */
  get total(): number {
    return this.#total;
  }

  /** Documents that have more than one. */
  get repeated(): number {
    return this.#others.size;
  }

  /** How many records that were not the first each brought who took a partition over. */
  get takeovers(): ReadonlyMap<string, number> {
    const counts = Array.from(this.#hands, ([name, hand]): [string, number] => [name, this.#again.get(hand) ?? 0]);
    return new Map(counts.filter(([, count]) => count > 0));
  }

  /** How many records a document has. */
  of(id: number): number {
    return this.#records[id] ?? 0;
  }

  /** @returns whether it is the first of its document */
  add(output: Output): boolean {
    this.#total++;
    const { id } = output;
    const before = this.#records[id];
    if (before === undefined) {
      this.#findings.add('a document was never sent', JSON.stringify(output));
      return false;
    }
    this.#records[id] = before + 1;
    const hand = this.#handOf(output);
    if (before === 0) this.#first[id] = hand;
    else this.#repeat(output, hand);
    return before === 0;
  }

  /** Whose work it is, as a number; looks whether it was his to do. */
  #handOf({ id, partition, offset, worker, joined }: Output): number {
    const tenure = this.#tenures.of(worker, partition, joined);
    if (!tenure)
      this.#findings.add(
        'a worker did what the group had not given it',
        `document ${id}: ${worker}, partition ${partition}`,
      );
    else if (offset < tenure.from)
      this.#findings.add(
        'a document came again after its offset was committed',
        `document ${id}: ${worker}, partition ${partition}, offset ${offset}, committed ${tenure.from}`,
      );
    const key = `${worker}/${partition}/${joined}`;
    const hand = this.#hands.get(key) ?? this.#hands.size;
    this.#hands.set(key, hand);
    return hand;
  }

  #repeat({ id, worker, partition, offset }: Output, hand: number): void {
    if (this.#mode === 'exactly-once')
      this.#findings.add(
        'a document was done twice',
        `document ${id}: ${worker}, partition ${partition}, offset ${offset}`,
      );
    const others = this.#others.get(id) ?? [];
    if (this.#first[id] === hand || others.includes(hand))
      this.#findings.add('a worker sent a document twice', `document ${id}: ${worker}, partition ${partition}`);
    others.push(hand);
    this.#others.set(id, others);
    this.#again.set(hand, (this.#again.get(hand) ?? 0) + 1);
  }
}
