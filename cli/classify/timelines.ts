import { writeFile } from 'node:fs/promises';
import type { LockstepObserver } from '../../src/observe/events.ts';
import { Timeline } from '../../src/observe/timeline.ts';
import { type Console, say } from '../console.ts';
import { TERMINAL } from '../options.ts';
import { columnsOf, wantsColor } from '../terminal.ts';

/** What `--timeline` draws: a picture a model. */
export class Timelines {
  readonly #target: string | undefined;
  readonly #timelines = new Map<string, Timeline>();

  /** @param target an SVG file or `-`, the terminal; nothing is drawn without */
  constructor(target: string | undefined) {
    this.#target = target;
  }

  /** What takes the events of a model. */
  observe(model: string): LockstepObserver | undefined {
    if (this.#target === undefined) return undefined;
    const timeline = new Timeline();
    this.#timelines.set(model, timeline);
    return (event) => timeline.record(event);
  }

  async draw(console: Console): Promise<void> {
    for (const [model, timeline] of this.#timelines) {
      if (this.#target === undefined || this.#target === TERMINAL) {
        const { stderr, env } = console;
        stderr.write(`\n${model}\n${timeline.toText({ color: wantsColor(stderr, env), width: columnsOf(stderr) })}\n`);
      } else {
        const file = this.#timelines.size === 1 ? this.#target : this.#target.replace(/(?=\.svg$)/i, `-${model}`);
        await writeFile(file, timeline.toSvg());
        say(console, `the timeline of ${model} is in ${file}`);
      }
    }
  }
}
