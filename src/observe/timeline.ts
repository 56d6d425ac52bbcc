import { checkCount } from '../errors.ts';
import type { LockstepObserver } from './events.ts';
import { TimelineModel } from './timeline-model.ts';
import { svgOf } from './timeline-svg.ts';
import { textOf } from './timeline-text.ts';

/** Options of a {@link Timeline}. */
export interface TimelineOptions {
  /** How many batches it remembers; older ones are forgotten, but stay in the totals. @default 200 */
  readonly limit?: number | undefined;
}

/** Options of {@link Timeline.toText}. */
export interface TimelineTextOptions {
  /** Whether to colour it, by ANSI escape codes. @default false */
  readonly color?: boolean | undefined;
  /** Columns of the terminal; of a wider picture the last cycles that fit are drawn. @default 80 */
  readonly width?: number | undefined;
  /** Rows of batches and lanes; of a higher picture the last batches that fit are drawn. @default 48 */
  readonly rows?: number | undefined;
  /** Whether to draw a row for each lane of a batch. @default true */
  readonly lanes?: boolean | undefined;
}

const DEFAULT_LIMIT = 200;
const DEFAULT_WIDTH = 80;
const DEFAULT_ROWS = 48;

/**
 * Draws what ran on which cycle, as the pipeline diagram of a processor: a row a batch, a column a cycle, a letter a stage.
 *
 * It watches one pipeline, in bounded memory, and costs a few steps an event.
 *
 * | letter | the batch | letter | the lane |
 * |---|---|---|---|
 * | `I` | was issued on the edge of this cycle | `=` | runs |
 * | `i` | was issued between two edges (by a clock that is work-conserving) | `a` | answered |
 * | `x` | executes: a lane is still out | `!` | abstained |
 * | `w` | waits for its turn: all lanes have answered, an earlier batch has not left | `~` | abstained about some documents |
 * | `R` | retired: its ballots left | | |
 * | `D` | retired, and some of its documents became dead letters | | |
 *
 * `IR` is issued and retired within one cycle. Below the batches, `s` is a stall (nothing could be issued, as many batches as
 * allowed were in flight) and `o` a bubble (nothing was waiting). Stretches in which nothing changes are cut down to `…`.
 *
 * @example
 * ```ts
 * const timeline = new Timeline();
 * headlines$.pipe(classify(news, { observe: timeline.record })).subscribe({
 *   complete: () => console.log(timeline.toText({ color: true, width: process.stdout.columns })),
 * });
 * ```
 */
export class Timeline {
  /** Takes an event; bound, so that it can be handed on as it is: `observe: timeline.record`. */
  readonly record: LockstepObserver = (event) => this.#model.record(event);
  readonly #model: TimelineModel;

  /** @throws LockstepError `INVALID_ARGUMENT` if the limit is not an integer of at least 1. */
  constructor({ limit = DEFAULT_LIMIT }: TimelineOptions = {}) {
    this.#model = new TimelineModel(checkCount('limit', limit));
  }

  /**
   * The picture in monospaced characters, lines joined by line feeds, with none at the end.
   *
   * @throws LockstepError `INVALID_ARGUMENT` if `width` or `rows` is not an integer of at least 1.
   */
  toText({
    color = false,
    width = DEFAULT_WIDTH,
    rows = DEFAULT_ROWS,
    lanes = true,
  }: TimelineTextOptions = {}): string {
    return textOf(this.#model, { color, width: checkCount('width', width), rows: checkCount('rows', rows), lanes });
  }

  /** The picture as an SVG document: no scripts, no fonts from elsewhere, readable on light and on dark paper. */
  toSvg(): string {
    return svgOf(this.#model);
  }
}
