/**
 * RxJS operators that label, route and filter a stream of documents: subtasks run in lockstep on a clock and are joined by a vote.
 *
 * @packageDocumentation
 */
export { Clock, type ClockOptions, type Edge } from '../src/clock/clock.ts';
export type { DeadLetterHandler } from '../src/document/dead-letter-handler.ts';
export {
  type DeadLetter,
  type Document,
  type Encoded,
  type Receipt,
  receipt,
  type Token,
  type Tokenized,
} from '../src/document/document.ts';
export { type LoadOptions, loadEnsemble } from '../src/ensemble/load.ts';
export { shippedModel } from '../src/ensemble/shipped.ts';
export type { Ensemble } from '../src/ensemble/types.ts';
export { LockstepError, type LockstepErrorCode } from '../src/errors.ts';
export { type Predictor, predict } from '../src/evaluate/predict.ts';
export { type Explanation, explain, type PieceEffect } from '../src/explain/explain.ts';
export {
  type BoostedTrees,
  type BoostedTreesJson,
  parseBoostedTrees,
} from '../src/integrate/boosting/boosted-trees.ts';
export { type BoostedVote, boostedVote } from '../src/integrate/boosting/boosted-vote.ts';
export type { LaneShare, Verdict } from '../src/integrate/verdict.ts';
export type { VoteRule } from '../src/integrate/vote-rule.ts';
export { type Vote, type VoteWeights, weightedVote } from '../src/integrate/weighted-vote.ts';
export { Ballot, Panel } from '../src/lanes/ballot.ts';
export { type Branchable, type BranchEarlyOptions, type Branched, branchEarly } from '../src/lanes/branch-early.ts';
export type { Issue, Lane } from '../src/lanes/issue.ts';
export type { Balloted } from '../src/lanes/joiner.ts';
export type { LaneLayout, Layout } from '../src/lanes/layout.ts';
export { type Script, scriptOf } from '../src/language/script.ts';
export type { Tokenizer, TokenizerConfig } from '../src/language/tokenizer.ts';
export {
  characters,
  type TokenizerOptions,
  tokenizerFrom,
  type WordsOptions,
  wink,
  words,
} from '../src/language/tokenizers.ts';
export { PADDING, UNKNOWN, Vocabulary } from '../src/language/vocabulary.ts';
export { Counters, type CountersSnapshot, type LaneCounters } from '../src/observe/counters.ts';
export type {
  AbstainEvent,
  AnswerEvent,
  BubbleEvent,
  IssueEvent,
  LockstepEvent,
  LockstepObserver,
  RetireEvent,
  StallEvent,
} from '../src/observe/events.ts';
export { observeWith } from '../src/observe/observe-with.ts';
export { Timeline, type TimelineOptions, type TimelineTextOptions } from '../src/observe/timeline.ts';
export { type LayersModelOptions, layersModelSubtask } from '../src/subtasks/layers-model.ts';
export { type OnnxOptions, type OnnxSession, onnxSubtask } from '../src/subtasks/onnx.ts';
export type { OwnModelOptions } from '../src/subtasks/own-model.ts';
export { type Scores, type ScoresLike, type Subtask, subtask } from '../src/subtasks/subtask.ts';
export { acknowledge } from './acknowledge.ts';
export { type AdmitOptions, admit, type Overflow } from './admit.ts';
export { type Classified, type Classifier, type ClassifyOptions, classify } from './classify.ts';
export { deadLetter } from './dead-letter.ts';
export { encode } from './encode.ts';
export { type FanOutOptions, fanOut } from './fan-out.ts';
export { filterDocuments } from './filter-documents.ts';
export { type FromDocumentsOptions, fromDocuments } from './from-documents.ts';
export { fromJsonLines, type JsonDocument, type JsonLineOptions, type JsonRecord } from './from-json-lines.ts';
export { type ByteInput, fromLines, type LineDocument, type LineOptions, type LinesInput } from './from-lines.ts';
export { onLane } from './on-lane.ts';
export { type RouteOptions, route } from './route.ts';
export { type ToJsonLinesOptions, toJsonLines } from './to-json-lines.ts';
export { tokenize } from './tokenize.ts';
export { type Labelled, type VoteOptions, vote } from './vote.ts';
export { type ZipLanesOptions, zipLanes } from './zip-lanes.ts';
