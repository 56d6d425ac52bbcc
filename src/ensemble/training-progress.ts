import type { NetworkProgress } from './fit-network.ts';

/** How far training is: plain data. First come the lanes over n-grams, if there are any, then the networks. */
export type TrainingProgress = NgramsProgress | NetworksProgress;

/** What both stages tell: each goes through all trials, and then, where the lanes are fitted to all rows, once more. */
interface Stage {
  /** Which time the lanes are fitted, from 1. */
  readonly run: number;
  readonly runs: number;
  /** How much of the stage is done, 0 to 1. */
  readonly done: number;
}

/** How far the fitting of lanes over n-grams is. */
interface NgramsProgress extends Stage {
  readonly stage: 'n-grams';
}

/** How far the fitting of networks is; what is told of an epoch is of this run's. */
export interface NetworksProgress extends Stage, Omit<NetworkProgress, 'done'> {
  readonly stage: 'networks';
  /** Estimated, if all epochs are run. */
  readonly secondsLeft: number;
}
