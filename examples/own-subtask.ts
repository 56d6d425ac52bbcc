// Subtasks without a model: any function of a batch of documents is one, also an async one.
//
//   node --import tsx examples/own-subtask.ts
import { setTimeout as sleep } from 'node:timers/promises';
import { Clock, fanOut, subtask, vote, zipLanes } from 'rx-lockstep';
import { from } from 'rxjs';

interface Comment {
  readonly text: string;
  readonly author: string;
}

/** One-vs-rest: one label, one score a document. */
const links = subtask<Comment>('links', ['spam'], (batch) =>
  batch.map(({ text }) => (/https?:\/\//.test(text) ? 0.9 : 0.3)),
);

/** A group of labels: one score for each of them, document after document. */
const shouting = subtask<Comment>('shouting', ['spam', 'fine'], (batch) =>
  batch.flatMap(({ text }) => {
    const capitals = text.replaceAll(/\P{Lu}/gu, '').length / text.length;
    return [capitals, 1 - capitals];
  }),
);

/**
 * Asks elsewhere, once a batch. `signal` is aborted when nobody waits any more; about an author whom it does not know it abstains,
 * with `NaN`.
 */
const reputation = subtask<Comment>('reputation', ['fine'], async (batch, signal) => {
  const known = await lookUp(
    batch.map(({ author }) => author),
    signal,
  );
  return batch.map(({ author }) => known.get(author) ?? Number.NaN);
});

/** Stands for a query of yours. */
async function lookUp(authors: readonly string[], signal: AbortSignal): Promise<Map<string, number>> {
  await sleep(10, undefined, { signal });
  const known = new Map([
    ['ada', 0.95],
    ['mallory', 0.05],
  ]);
  return new Map([...known].filter(([author]) => authors.includes(author)));
}

const comments: Comment[] = [
  { author: 'ada', text: 'The proof on page 3 is missing a case.' },
  { author: 'mallory', text: 'CHEAP PILLS http://pills.example' },
  { author: 'bob', text: 'Thank you, that helped.' },
];

await from(comments)
  .pipe(
    fanOut([links, shouting, reputation], { clock: new Clock({ period: 5 }) }),
    zipLanes({ quorum: 2, deadline: 20 }),
    vote({ weights: { reputation: 2 } }),
  )
  .forEach(({ author, verdict }) => {
    const silent = Object.keys(verdict.lanes).filter((lane) => verdict.lanes[lane] === null);
    console.log(author, verdict.label, ...silent.map((lane) => `(${lane} abstained)`));
  });
