import { type OperatorFunction, pipe, Subject, takeUntil, tap } from 'rxjs';
import { type ClassifyOptions, classify } from '../../operators/classify.ts';
import { deadLetter } from '../../operators/dead-letter.ts';
import { toJsonLines } from '../../operators/to-json-lines.ts';
import type { Labelled } from '../../operators/vote.ts';
import { Clock } from '../../src/clock/clock.ts';
import type { Ensemble } from '../../src/ensemble/types.ts';
import { writeLines } from '../../src/sinks/write-lines.ts';
import type { BackendPreference } from '../../src/subtasks/backend.ts';
import { type Console, say } from '../console.ts';
import { EXIT } from '../exit-codes.ts';
import { type LoadModel, loadModel, Models } from '../models.ts';
import { routeByScript } from '../route-by-script.ts';
import { StatusLine } from '../status-line.ts';
import { DeadLetters } from './dead-letters.ts';
import { type InputArguments, type InputDocument, openInput } from './input.ts';
import { table } from './table.ts';
import { Timelines } from './timelines.ts';

/** What `lockstep classify` was told. */
export interface ClassifyArguments extends InputArguments {
  readonly model?: string;
  readonly format?: 'json' | 'table';
  readonly unordered?: boolean;
  /** 0 to 1. */
  readonly minConfidence?: number;
  readonly deadLetters?: string;
  /** Milliseconds. @default 5 */
  readonly clock?: number;
  readonly batch: number;
  readonly backend?: BackendPreference;
  readonly timeline?: string;
}

const DEFAULT_PERIOD = 5;

type Labels = OperatorFunction<InputDocument, InputDocument & Labelled>;

/** Labels the input; gives the exit code. */
export async function runClassify(
  args: ClassifyArguments,
  console: Console,
  load: LoadModel = (model) => loadModel(model, args.backend),
): Promise<number> {
  const run = new Classification(args, console);
  return run.perform(load);
}

class Classification {
  readonly #args: ClassifyArguments;
  readonly #console: Console;
  readonly #status: StatusLine;
  readonly #timelines: Timelines;
  readonly #clock: Clock;
  readonly #interrupts = new Subject<void>();
  readonly #started = performance.now();
  #letters: DeadLetters | undefined;
  #interrupted = false;
  #inputEnded = false;
  #count = 0;

  constructor(args: ClassifyArguments, console: Console) {
    this.#args = args;
    this.#console = console;
    this.#timelines = new Timelines(args.timeline);
    this.#clock = new Clock({ period: args.clock ?? DEFAULT_PERIOD, workConserving: true });
    // A table on the same terminal shows by itself how far we are.
    this.#status = new StatusLine(console, () => this.#progress(), { shown: console.stdout.isTTY !== true });
  }

  async perform(load: LoadModel): Promise<number> {
    const forget = this.#console.onInterrupt(() => this.#interrupt());
    const models = new Models(load, (script, { name }) => this.#tell(`texts in ${script} script: ${name}`));
    let named: Ensemble | undefined;
    try {
      this.#letters = await DeadLetters.open((message) => this.#tell(message), this.#args.deadLetters);
      const { model } = this.#args;
      if (model !== undefined) named = await load(model);
      await this.#stream(named ? this.#byModel(named) : this.#byScript(models));
      await this.#letters.close();
      this.#status.stop();
      await this.#timelines.draw(this.#console);
    } finally {
      this.#status.stop();
      forget();
      await named?.close();
      await models.close();
    }
    return this.#exitCode();
  }

  async #stream(labels: Labels): Promise<void> {
    const input = await openInput(this.#args, this.#console, (letter) => this.#letters?.add(letter));
    const documents = input.pipe(
      takeUntil(this.#interrupts),
      tap({
        complete: () => {
          this.#inputEnded = true;
        },
      }),
      labels,
      this.#sink(),
    );
    await new Promise<void>((resolve, reject) => {
      documents.subscribe({ next: () => this.#count++, complete: resolve, error: reject });
    });
  }

  #byModel(ensemble: Ensemble): Labels {
    return pipe(
      deadLetter((letter) => this.#letters?.add(letter)),
      classify(ensemble, this.#options(ensemble)),
    );
  }

  #byScript(models: Models): Labels {
    return pipe(
      deadLetter((letter) => this.#letters?.add(letter)),
      routeByScript(models, (ensemble) => classify(ensemble, this.#options(ensemble)), {
        ordered: !this.#args.unordered,
      }),
    );
  }

  #options({ name }: Ensemble): ClassifyOptions {
    const { batch, unordered, minConfidence } = this.#args;
    const observe = this.#timelines.observe(name);
    return { clock: this.#clock, maxBatch: batch, ordered: !unordered, minConfidence, ...(observe && { observe }) };
  }

  #sink(): OperatorFunction<InputDocument & Labelled, InputDocument & Labelled> {
    const { stdout } = this.#console;
    const format = this.#args.format ?? (stdout.isTTY ? 'table' : 'json');
    if (format === 'json') return toJsonLines(stdout);
    const { head, row } = table(this.#console);
    stdout.write(`${head}\n`);
    return writeLines('table', stdout, (document: InputDocument & Labelled) => row(document));
  }

  #interrupt(): void {
    this.#interrupted = true;
    this.#tell('finishing what is in flight; press Ctrl-C again to end at once');
    this.#interrupts.next();
  }

  #tell(message: string): void {
    this.#status.clear();
    say(this.#console, message);
  }

  #progress(): string {
    const rate = this.#count / ((performance.now() - this.#started) / 1000);
    const letters = this.#letters?.count ?? 0;
    const documents = `${this.#count.toLocaleString('en')} documents, ${Math.round(rate).toLocaleString('en')}/s`;
    return letters > 0 ? `${documents}, ${letters.toLocaleString('en')} dead letters` : documents;
  }

  #exitCode(): number {
    if (this.#interrupted) return EXIT.interrupted;
    // The sink ended before the input did: whoever read it has left, and that is fine.
    if (!this.#inputEnded) return EXIT.fine;
    return (this.#letters?.count ?? 0) > 0 ? EXIT.deadLetters : EXIT.fine;
  }
}
