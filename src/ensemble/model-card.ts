import type { Evaluation } from '../evaluate/evaluate-predictions.ts';
import type { LaneConfig } from '../subtasks/lane-config.ts';
import type { NgramFeatures, Sizes } from '../subtasks/ngrams/ngram-features.ts';
import { type EnsembleModel, lanesOfModel } from './model.ts';
import { type Precision, type Precisions, precisionOfLane, precisionsOf } from './quantize.ts';

/** What a model card says beside what the ensemble itself knows; each in Markdown. */
export interface CardNotes {
  /** What it is for, and what not. */
  readonly description?: string | undefined;
  /** What it was trained on, and where that comes from. */
  readonly data?: string | undefined;
  readonly licence?: string | undefined;
  /** How it was made smaller, and what that cost. */
  readonly compression?: string | undefined;
  /** How it did on rows that neither training nor its vote has seen. */
  readonly evaluation?: { readonly on: string; readonly result: Evaluation } | undefined;
  /** Anything else. */
  readonly notes?: string | undefined;
}

/** Describes an ensemble for people, in Markdown. */
export function modelCard(model: EnsembleModel, precision: Precision | Precisions, notes: CardNotes): string {
  const { description, data, licence, compression, evaluation, notes: more } = notes;
  return [
    `# ${model.name}`,
    description,
    labels(model),
    '## Lanes',
    ...(model.vote.boosted ? [boosted(model.vote.boosted.trees.rounds.length)] : []),
    ...lanesOfModel(model).map((lane) => `- ${laneLine(lane, model.vote.weights[lane.name] ?? 0)}`),
    '',
    evaluation && evaluationSection(evaluation),
    section('Data', data),
    trainingSection(model, precisionsOf(precision)),
    section('Compression', compression),
    section('Licence', licence),
    section('Notes', more),
  ]
    .filter((part) => part !== undefined)
    .join('\n')
    .replace(/\n+$/, '\n');
}

/** Weights are then what a lane would be worth in a weighted vote. */
function boosted(rounds: number): string {
  return `Boosted trees decide, ${rounds} ${rounds === 1 ? 'round' : 'rounds'} of them; the weights are those of a weighted vote in their place.\n`;
}

function section(title: string, text: string | undefined): string | undefined {
  return text === undefined ? undefined : `## ${title}\n${text.trim()}\n`;
}

function labels({ labels: names, displayNames }: EnsembleModel): string {
  const shown = names.map((name) =>
    displayNames[name] === undefined ? `\`${name}\`` : `\`${name}\` (${displayNames[name]})`,
  );
  return `\nLabels: ${shown.join(', ')}.\n`;
}

function laneLine(lane: LaneConfig, weight: number): string {
  const task = lane.labels.length === 1 ? `${lane.labels[0]} against the rest` : `over ${lane.labels.join(', ')}`;
  return `\`${lane.name}\`: ${architecture(lane)}, ${task}; weight ${weight.toFixed(3)} in the vote`;
}

function architecture(lane: LaneConfig): string {
  switch (lane.kind) {
    case 'cnn':
      return `CNN, ${lane.filters} filters each of the widths ${lane.widths.join(', ')}`;
    case 'dpcnn':
      return `DPCNN, ${lane.blocks} blocks of two convolutions of ${lane.filters} filters`;
    case 'rnn':
      return `${lane.bidirectional ? 'bidirectional ' : ''}${lane.cell.toUpperCase()}, ${lane.units} units`;
    case 'ngrams':
      return `linear over n-grams (${ngrams(lane.features)})${lane.weighting === 'none' ? '' : ', weighted by naive Bayes'}`;
    case 'attention':
      return `attention over the embeddings, ${lane.heads} heads`;
    case 'fcn':
      return `FCN over the ${lane.pooling} of the embeddings, hidden layers [${lane.hidden.join(', ')}]`;
  }
}

function ngrams({ characters, words, skips, opening, shapes }: NgramFeatures): string {
  const sizes = (range: Sizes | undefined, of: string) => {
    if (range === undefined) return [];
    const [from, to] = range;
    return from === to ? [`${from} ${of}`] : [`${from} to ${to} ${of}s`];
  };
  return [
    ...sizes(characters, 'character'),
    ...sizes(words, 'word'),
    ...(skips ? [`pairs of words with up to ${skips} between`] : []),
    ...(opening ? [`the first ${opening} words and the first with each other`] : []),
    ...sizes(shapes, 'word shape'),
  ].join(', ');
}

function evaluationSection({ on, result }: NonNullable<CardNotes['evaluation']>): string {
  const rows = Object.entries(result.lanes).map(
    ([name, lane]) =>
      `| ${name}: ${lane.question} | ${percent(lane.accuracy)} | ${percent(lane.macroF1)} | ${optional(lane.auc)} | ${percent(lane.ensemble.accuracy)} | ${percent(lane.ensemble.macroF1)} | ${optional(lane.ensemble.auc)} |`,
  );
  const standardError = Math.sqrt((result.accuracy * (1 - result.accuracy)) / result.rows);
  return [
    '## Results',
    `On ${on} (${result.rows} rows), as saved here:`,
    '',
    `**Accuracy ${percent(result.accuracy)} %** (standard error ${percent(standardError)}), macro F1 ${percent(result.macroF1)} %, calibration error ${percent(result.calibrationError)} % (15 bins).`,
    '',
    'Each lane alone, and the ensemble asked the same question, in %:',
    '',
    '| lane: question | accuracy | macro F1 | AUC | ensemble: accuracy | macro F1 | AUC |',
    '|---|---|---|---|---|---|---|',
    ...rows,
    '',
    'Confusion, a row a true label, a column a label given:',
    '',
    `| | ${result.labels.join(' | ')} |`,
    `|---|${result.labels.map(() => '---|').join('')}`,
    ...result.confusion.map((row, index) => `| ${result.labels[index]} | ${row.join(' | ')} |`),
    '',
  ].join('\n');
}

function trainingSection(model: EnsembleModel, precisions: Precisions): string {
  const { training, vocabulary, network, tokenizer } = model;
  const { embedding, maxLength } = network;
  return [
    '## Training',
    `- ${training.date.slice(0, 10)}, ${training.seconds} s, backend ${training.backend}, seed ${training.seed}`,
    `- ${training.rows} rows (${Object.entries(training.rowsByLabel)
      .map(([label, count]) => `${label} ${count}`)
      .join(
        ', ',
      )}); the vote fitted to what lanes said of ${training.heldBackRows} rows that they had not learned from (accuracy there ${percent(training.heldBackAccuracy)} %, a little optimistic)`,
    `- tokenizer ${tokenizer.kind}${tokenizer.lowercase ? ', lower-cased' : ''}; ${vocabulary.tokens.length} tokens; the first ${maxLength} of a text are read`,
    `- embedding of ${embedding.dimensions} dimensions, ${embedding.shared ? 'shared by the lanes' : 'one a lane'}${training.pretrained > 0 ? `; ${percent(training.pretrained)} % of the tokens began with pretrained vectors` : ''}`,
    `- Adam, learning rate ${training.learningRate} falling to a tenth, batches of ${training.batchSize}; epoch ${training.bestEpoch} of ${training.epochs} kept`,
    `- weights stored: ${stored(model, precisions)}`,
    '',
  ].join('\n');
}

function stored({ network, ngrams }: EnsembleModel, precisions: Precisions): string {
  const ofNgrams = new Set(ngrams.map(({ config }) => precisionOfLane(precisions, config.name)));
  return [
    ...(network.lanes.length > 0 ? [`networks in ${IN_WORDS[precisions.networks]}`] : []),
    ...(ofNgrams.size > 0 ? [`n-grams in ${[...ofNgrams].map((each) => NGRAMS_IN_WORDS[each]).join(' and ')}`] : []),
  ].join(', ');
}

const IN_WORDS: Readonly<Record<Precision, string>> = {
  f32: '32 bits a value',
  f16: '16 bits a value',
  '8-bit': '8 bits a value, one scale a row',
  '4-bit': '4 bits a value, levels fitted to each matrix, one scale a row',
  '3-bit': '3 bits a value, levels fitted to each matrix, one scale a row',
  '2-bit': '2 bits a value, levels fitted to each matrix, one scale a row',
};

/** Their weights have 8 bits from the start. */
const NGRAMS_IN_WORDS: Readonly<Record<Precision, string>> = {
  f32: '8 bits',
  f16: '8 bits',
  '8-bit': '8 bits',
  '4-bit': '4 bits',
  '3-bit': '3 bits',
  '2-bit': '2 bits',
};

function percent(share: number): string {
  return (share * 100).toFixed(2);
}

function optional(share: number | undefined): string {
  return share === undefined ? '' : percent(share);
}
