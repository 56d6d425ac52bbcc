import { map, type Observable } from 'rxjs';
import { Clock, type ClockOptions, type Issue, type Scores, subtask } from '../../operators/index.ts';
import type { Document } from '../../src/document/document.ts';
import { layoutOf } from '../../src/lanes/layout.ts';
import type { LockstepEvent } from '../../src/observe/events.ts';
import type { Subtask } from '../../src/subtasks/subtask.ts';
import type { Marbles } from './marbles.ts';

/** A clock of the period of most tests: edges at 0, 5, 10 ... */
export function clockIn({ scheduler }: Pick<Marbles, 'scheduler'>, options: Partial<ClockOptions> = {}): Clock {
  return new Clock({ period: 5, scheduler, ...options });
}

/** Documents out of letters. */
export function documentsOf(letters: Observable<string>): Observable<Document> {
  return letters.pipe(map((text) => ({ text })));
}

/** The texts of an issue. */
export function textsOf({ documents }: Issue): string {
  return documents.map(({ text }) => text).join('');
}

/** Subtasks that are sure of every document, at once. */
export function sure(...names: readonly string[]): Subtask<Document>[] {
  return names.map((name) => subtask<Document>(name, [name], (documents) => documents.map(() => 0.9)));
}

/** What an observer was told, short: `issue 0 @1 ab...`. */
export function short(event: LockstepEvent): string {
  switch (event.type) {
    case 'issue':
      return `${event.cycle}: issue ${event.batch} of ${event.documents}${event.early ? ' early' : ''}`;
    case 'answer':
      return `${event.cycle}: ${event.lane} answers ${event.batch}`;
    case 'abstain':
      return `${event.cycle}: ${event.lane} abstains about ${event.documents} of ${event.batch}, ${event.reason.code}`;
    case 'retire':
      return `${event.cycle}: retire ${event.batch} of ${event.documents}, ${event.rejected} rejected`;
    case 'stall':
      return `${event.cycle}: stall of ${event.waiting}`;
    case 'bubble':
      return `${event.cycle}: bubble of ${event.cycles}`;
  }
}

/** An issue by hand: the documents' texts, and what each lane, named for its label, emits. */
export function issueOf(
  clock: Clock,
  texts: string,
  lanes: Readonly<Record<string, Observable<Scores>>>,
  rest: Partial<Issue> = {},
): Issue {
  const named = Object.entries(lanes).map(([name, scores]) => ({ name, labels: [name], scores }));
  return {
    batch: 0,
    clock,
    cycle: clock.cycle,
    documents: Array.from(texts, (text) => ({ text })),
    lanes: named,
    layout: layoutOf(named),
    observe: () => {},
    retire: () => {},
    ...rest,
  };
}
