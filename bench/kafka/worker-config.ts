import type { Mode } from './job.ts';
import type { Tuning } from './lockstep.ts';
import type { Cost } from './models.ts';

/** What a worker is told, as JSON in its first argument. */
export interface WorkerConfig extends Tuning {
  readonly by: 'lockstep' | 'hand';
  readonly mode: Mode;
  readonly bootstrap: string;
  readonly groupId: string;
  readonly input: string;
  readonly output: string;
  readonly cost: Cost;
  /** Milliseconds. @default 30000 */
  readonly sessionTimeout?: number;
}

/** What a worker says, as JSON: it has joined the group, and got so many partitions. */
export interface WorkerJoined {
  readonly joined: number;
}
