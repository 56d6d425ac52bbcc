import { defer, type MonoTypeOperatorFunction, map } from 'rxjs';
import type { Document } from '../src/document/document.ts';
import { invalidArgument } from '../src/errors.ts';
import type { Issue } from '../src/lanes/issue.ts';
import type { Scores } from '../src/subtasks/subtask.ts';

/**
 * Treats one lane with operators of your choice, before the join.
 *
 * The other lanes are left alone. A lane that errors, that completes without scores, or for which `treat` throws, abstains: `timeout`,
 * `retry`, `catchError`, `delay` and the like all mean what they mean on any Observable. Schedule them on the clock of the pipeline,
 * and they keep to its edges and to virtual time.
 *
 * ```text
 * lane culture                                      ------------------------s|
 * onLane('culture', pipe(timeout(20, clock)))       --------------------#             abstains
 * ```
 *
 * @example
 * ```ts
 * encoded$.pipe(
 *   fanOut(news.subtasks, { clock }),
 *   onLane('culture', pipe(timeout(20, clock), retry(1))),
 *   zipLanes({ quorum: 2 }),
 * );
 * ```
 *
 * @param name the lane's name, which is that of its subtask
 * @param treat an operator over the lane's scores, one emission a batch
 * @throws LockstepError `INVALID_ARGUMENT` if `treat` is not a function; as an error of the stream if there is no such lane
 * @see {@link fanOut}, {@link zipLanes}
 */
export function onLane<D extends Document>(
  name: string,
  treat: MonoTypeOperatorFunction<Scores>,
): MonoTypeOperatorFunction<Issue<D>> {
  if (typeof treat !== 'function') throw invalidArgument('treat', 'an operator', treat);
  return map((issue: Issue<D>) => {
    const names = issue.lanes.map((lane) => lane.name);
    if (!names.includes(name)) throw invalidArgument('name', `one of the lanes [${names.join(', ')}]`, name);
    return {
      ...issue,
      // Deferred, so that a `treat` that throws fails the lane and not the stream.
      lanes: issue.lanes.map((lane) =>
        lane.name === name ? { ...lane, scores: defer(() => treat(lane.scores)) } : lane,
      ),
    };
  });
}
