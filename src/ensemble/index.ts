export type { CnnConfig, FcnConfig, LaneConfig, NetworkConfig, RnnConfig } from '../subtasks/network-config.ts';
export {
  type Evaluation,
  evaluate,
  evaluatePredictions,
  type LaneEvaluation,
  type Predictions,
  type Score,
} from './evaluate.ts';
export type { TrainingProgress } from './fit-network.ts';
export { type LanePreset, lanesOf } from './lane-presets.ts';
export { type LoadOptions, loadEnsemble, readEnsemble } from './load.ts';
export type { EnsembleModel, TrainingFacts } from './model.ts';
export type { CardNotes } from './model-card.ts';
export type { Precision } from './quantize.ts';
export { type BadRow, type ReadRowsOptions, type Row, type RowsRead, readRows } from './rows.ts';
export { checkTarget, type SaveOptions, saveEnsemble } from './save.ts';
export { shippedModel } from './shipped.ts';
export { labelsOf, type Split, stratifiedSplit } from './split.ts';
export { type TrainedEnsemble, train } from './train.ts';
export type { TrainOptions } from './train-options.ts';
export type { Ensemble } from './types.ts';
