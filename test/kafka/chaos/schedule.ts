import { seededRandom } from '../../../src/subtasks/random.ts';

/** What is done to whom, and how often of every {@link DECK} times. */
const DECK = {
  /** SIGKILL to a worker; another begins. */
  kill: 4,
  /** SIGTERM to a worker; another begins. */
  terminate: 2,
  /** SIGSTOP to a worker until after the group has given it up, then SIGCONT: it comes back as a zombie. */
  freeze: 3,
  /** One worker more, for some time: two rebalances. */
  join: 2,
  /** SIGKILL to the broker, which begins again on its data. */
  'kill-broker': 1,
  /** The broker stops cleanly and begins again. */
  'restart-broker': 1,
} as const;

export type Kind = keyof typeof DECK;

export interface Disturbance {
  /** It comes when so many of the documents have been sent, as a part of their number. */
  readonly at: number;
  readonly kind: Kind;
  /** Which of the workers, as a part of their number in [0, 1). */
  readonly whom: number;
  /** Seconds that it lasts, where it has an end of its own. */
  readonly lasts: number;
  /** Whether it comes even if nothing was committed since the one before: two troubles at once. */
  readonly regardless: boolean;
}

/** How a schedule is made. */
export interface ScheduleOptions {
  /** The same seed gives the same schedule. */
  readonly seed: number;
  readonly count: number;
  /** Seconds without a heartbeat after which the group gives up a worker. */
  readonly sessionTimeout: number;
}

/** Which disturbances come when; each kind has its turn before any has too many. */
export function scheduleOf({ seed, count, sessionTimeout }: ScheduleOptions): readonly Disturbance[] {
  const random = seededRandom(`chaos ${seed}`);
  const kinds: Kind[] = [];
  while (kinds.length < count) kinds.push(...shuffled(deck(), random));
  const length = { freeze: () => sessionTimeout * (1.25 + random() / 2), join: () => 2 + 6 * random() };
  return kinds.slice(0, count).map((kind, i) => ({
    at: rounded((i + 0.1 + 0.8 * random()) / count),
    kind,
    whom: rounded(random()),
    lasts: kind === 'freeze' || kind === 'join' ? rounded(length[kind]()) : 0,
    regardless: random() < REGARDLESS,
  }));
}

/** The part of the disturbances that do not wait for the one before to be over. */
const REGARDLESS = 0.25;

function deck(): Kind[] {
  const kinds: Kind[] = [];
  let kind: Kind;
  for (kind in DECK) kinds.push(...Array<Kind>(DECK[kind]).fill(kind));
  return kinds;
}

function shuffled<T>(items: readonly T[], random: () => number): T[] {
  return items
    .map((item) => ({ item, by: random() }))
    .sort((a, b) => a.by - b.by)
    .map(({ item }) => item);
}

function rounded(value: number): number {
  return Math.round(value * 1000) / 1000;
}
