import { deepStrictEqual } from 'node:assert/strict';
import { map, type Observable } from 'rxjs';
import { type RunHelpers, TestScheduler } from 'rxjs/testing';
import { Clock, type ClockOptions } from '../clock/clock.ts';
import type { DeadLetter, Document } from '../document/document.ts';
import type { Verdict } from '../integrate/verdict.ts';
import type { Tokenizer } from '../language/tokenizer.ts';
import { characters } from '../language/tokenizers.ts';
import { Vocabulary } from '../language/vocabulary.ts';
import type { Subtask } from '../subtasks/subtask.ts';
import { TestLedger } from './ledger.ts';
import { type LaneScript, scriptedSubtask } from './scripted-subtask.ts';

/** What {@link VirtualHelpers.lanes} makes: all that `classify` needs, with scripted subtasks. */
export interface ScriptedEnsemble {
  readonly tokenizer: Tokenizer;
  readonly vocabulary: Vocabulary;
  readonly subtasks: readonly Subtask<Document>[];
  readonly weights: Readonly<Record<string, number>>;
  readonly bias: Readonly<Record<string, number>>;
}

/** What a test of {@link virtually} gets. One frame is one millisecond of virtual time. */
export interface VirtualHelpers {
  readonly scheduler: TestScheduler;
  /** RxJS' own helpers, for streams that are not documents. */
  readonly marbles: RunHelpers;
  /** A hot source of documents: for each letter the text given for it, else the letter itself. Receipts are tracked. */
  hot(marbles: string, texts?: Readonly<Record<string, string | Document>>): Observable<Document>;
  /** The same, cold. */
  cold(marbles: string, texts?: Readonly<Record<string, string | Document>>): Observable<Document>;
  /** A clock of that period, in frames, in virtual time. */
  clock(period: number, options?: Omit<ClockOptions, 'period' | 'scheduler'>): Clock;
  /** An ensemble of scripted one-vs-rest lanes; see {@link LaneScript}. */
  lanes(scripts: Readonly<Record<string, LaneScript>>): ScriptedEnsemble;
  /** Expects documents at exact frames: each letter stands for a label, or for a text where there is no verdict yet. */
  expectDocuments(documents: Observable<Document & { readonly verdict?: Verdict }>): {
    toBe(marbles: string, labels?: Readonly<Record<string, string>>, error?: unknown): void;
  };
  /** Expects, at the end, that just these documents were acknowledged, each once. @param texts a string is one text a letter */
  expectAcknowledged(texts: string | readonly string[]): void;
  /** Expects, at the end, that just these documents were rejected, each once. */
  expectRejected(texts: string | readonly string[]): void;
  /** Expects, at the end, that every document handed out was acknowledged or rejected exactly once. */
  expectSettled(): void;
  /** The dead letters so far. */
  readonly deadLetters: readonly DeadLetter[];
}

/** Virtual time ends here: else a lane that never answers, with documents waiting for it, would keep it going for ever. */
const LAST_FRAME = 1_000_000;

/**
 * Runs a marble test of a pipeline with models in it: in virtual time, with scripted subtasks, so no real time passes and every
 * emission has an exact frame.
 *
 * @example
 * ```ts
 * virtually(({ hot, clock, lanes, expectDocuments }) => {
 *   const documents = hot('  -a-b----c----|');
 *   const answers = lanes({ tech: '9', finance: ['--', { a: 0.1, b: 0.2, c: 0.99 }], culture: '-#' });
 *   const verdicts = documents.pipe(classify(answers, { clock: clock(5) }));
 *   expectDocuments(verdicts).toBe('----------(AB)-(C|)', { A: 'tech', B: 'tech', C: 'finance' });
 * });
 * ```
 *
 * Virtual time ends after a million frames.
 *
 * @param test called once, synchronously; subscriptions are made and time runs when it returns
 * @return what `test` returned
 * @throws AssertionError if an expectation does not hold; LockstepError `INVALID_ARGUMENT` for a script that cannot be read
 */
export function virtually<T>(test: (helpers: VirtualHelpers) => T): T {
  const scheduler = new TestScheduler((actual, expected) => deepStrictEqual(actual, expected));
  const ledger = new TestLedger();
  const atTheEnd: (() => void)[] = [];
  const result = scheduler.run((marbles) => {
    scheduler.maxFrames = LAST_FRAME;
    const tracked = (letters: Observable<string>, texts: Readonly<Record<string, string | Document>>) =>
      letters.pipe(map((letter) => ledger.track(documentOf(letter, texts[letter] ?? letter))));
    return test({
      scheduler,
      marbles,
      hot: (marble, texts = {}) => tracked(marbles.hot(marble), texts),
      cold: (marble, texts = {}) => tracked(marbles.cold(marble), texts),
      clock: (period, options) => new Clock({ ...options, period, scheduler }),
      lanes: (scripts) => ({
        tokenizer: characters(),
        vocabulary: new Vocabulary([]),
        subtasks: Object.entries(scripts).map(([name, script]) => scriptedSubtask(name, script, scheduler)),
        weights: {},
        bias: {},
      }),
      expectDocuments: (documents) => {
        const said = documents.pipe(map(({ text, verdict }) => verdict?.label ?? text));
        return {
          toBe: (marble, labels, error) => marbles.expectObservable(said).toBe(marble, labels, error),
        };
      },
      expectAcknowledged: (texts) => atTheEnd.push(() => ledger.expectAcknowledged([...texts])),
      expectRejected: (texts) => atTheEnd.push(() => ledger.expectRejected([...texts])),
      expectSettled: () => atTheEnd.push(() => ledger.expectSettled()),
      deadLetters: ledger.deadLetters,
    });
  });
  for (const expectation of atTheEnd) expectation();
  return result;
}

function documentOf(letter: string, given: string | Document): Document {
  return typeof given === 'string' ? { id: letter, text: given } : given;
}
