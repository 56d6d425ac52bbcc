export { type CompressedEnsemble, type CompressOptions, compress } from '../compress/compress.ts';
export {
  type CompressEnsembleOptions,
  type CompressionReport,
  compressEnsemble,
} from '../compress/compress-ensemble.ts';
export type { Figures } from '../compress/measure.ts';
export {
  type DecomposeMethod,
  type DecomposeOptions,
  type Decomposition,
  decomposeClasses,
} from '../decompose/decompose.ts';
export { type LaneTemplate, lanesOver } from '../decompose/lanes-over.ts';
export type { LaneCost } from '../decompose/measure-cost.ts';
export { decompositionSvg } from '../decompose/picture.ts';
export type { Interval } from '../evaluate/bootstrap.ts';
export type { ReliabilityBin } from '../evaluate/calibration.ts';
export type { Comparison } from '../evaluate/compare.ts';
export type { LabelScore } from '../evaluate/confusion.ts';
export type { CoveragePoint } from '../evaluate/coverage.ts';
export { type EvaluateOptions, evaluate } from '../evaluate/evaluate.ts';
export type { Ablation, LaneEvaluation, Score } from '../evaluate/evaluate-lane.ts';
export {
  type EvaluatePredictionsOptions,
  type Evaluation,
  evaluatePredictions,
  type Predictions,
} from '../evaluate/evaluate-predictions.ts';
export { type EarlyBranchFit, type EarlyBranchPoint, fitEarlyBranch } from '../evaluate/fit-early-branch.ts';
export { evaluationPage } from '../evaluate/page/page.ts';
export { type Predictor, predict } from '../evaluate/predict.ts';
export type { BoostedTrees } from '../integrate/boosting/boosted-trees.ts';
export { type BoostedVoteOptions, fitBoostedVote } from '../integrate/boosting/fit-boosted-vote.ts';
export type { VoteSample } from '../integrate/fit-weights.ts';
export { type Forecast, fitTemperature, weightsAtTemperature } from '../integrate/temperature.ts';
export type { Verdict } from '../integrate/verdict.ts';
export type {
  AttentionConfig,
  CnnConfig,
  DpcnnConfig,
  FcnConfig,
  LaneConfig,
  NetworkLane,
  NgramsConfig,
  RnnConfig,
} from '../subtasks/lane-config.ts';
export type { NetworkConfig } from '../subtasks/network-config.ts';
export { type LoadOptions, loadEnsemble, readEnsemble } from './load.ts';
export type { EnsembleModel, TrainingFacts } from './model.ts';
export type { CardNotes } from './model-card.ts';
export type { PresetName } from './presets.ts';
export type { Precision, Precisions } from './quantize.ts';
export { type BadRow, type ReadRowsOptions, type Row, type RowsRead, readRows } from './rows.ts';
export { checkTarget, type SaveOptions, saveEnsemble } from './save.ts';
export { shippedModel } from './shipped.ts';
export { labelsOf, type Split, stratifiedSplit } from './split.ts';
export { type TrainedEnsemble, train } from './train.ts';
export type { TrainOptions } from './train-options.ts';
export type { TrainingProgress } from './training-progress.ts';
export type { Ensemble } from './types.ts';
