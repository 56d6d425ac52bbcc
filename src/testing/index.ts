/**
 * What marble tests of a pipeline with models in it need.
 *
 * @packageDocumentation
 */
export { ballotOf, type LaneOpinion } from './ballot-of.ts';
export { type LaneScript, scriptedSubtask } from './scripted-subtask.ts';
export { type ScriptedEnsemble, type VirtualHelpers, virtually } from './virtually.ts';
