import { deepStrictEqual } from 'node:assert/strict';
import { type DeadLetter, type Document, type Receipt, receipt } from '../document/document.ts';

interface Account {
  readonly text: string;
  acknowledged: number;
  rejected: number;
}

/** Which documents were handed out in a test, and how often each was settled. */
export class TestLedger {
  readonly deadLetters: DeadLetter[] = [];
  readonly #accounts: Account[] = [];

  /** The document with a receipt of which every call is counted, also those that should not have been made. */
  track<D extends Document>(document: D): D {
    const account: Account = { text: document.text, acknowledged: 0, rejected: 0 };
    const deadLetters = this.deadLetters;
    this.#accounts.push(account);
    const tracked: Receipt = {
      get settled() {
        return account.acknowledged + account.rejected > 0;
      },
      acknowledge: () => {
        account.acknowledged++;
      },
      reject: (letter) => {
        account.rejected++;
        deadLetters.push(letter);
      },
    };
    return { ...document, [receipt]: tracked };
  }

  /** @throws AssertionError if the documents acknowledged, and no others, are not these, each once */
  expectAcknowledged(texts: readonly string[]): void {
    this.#expect('acknowledged', texts);
  }

  /** @throws AssertionError if the documents rejected, and no others, are not these, each once */
  expectRejected(texts: readonly string[]): void {
    this.#expect('rejected', texts);
  }

  /** @throws AssertionError unless each document handed out was settled exactly once, one way or the other */
  expectSettled(): void {
    const wrong = this.#accounts.filter(({ acknowledged, rejected }) => acknowledged + rejected !== 1);
    deepStrictEqual(wrong, [], 'every document is to be acknowledged or rejected exactly once');
  }

  #expect(how: 'acknowledged' | 'rejected', texts: readonly string[]): void {
    const settled = this.#accounts.flatMap((account) => new Array<string>(account[how]).fill(account.text));
    deepStrictEqual(settled.sort(), [...texts].sort(), `the documents ${how}`);
  }
}
