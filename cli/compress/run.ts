import { basename } from 'node:path';
import type { CompressEnsembleOptions, CompressionReport } from '../../src/ensemble/index.ts';
import type { BackendPreference } from '../../src/subtasks/backend.ts';
import { type Console, say } from '../console.ts';
import { EXIT } from '../exit-codes.ts';
import { folderOf } from '../models.ts';
import { type ReadRows, type Row, readLabelled, readUsable } from '../rows.ts';
import { StatusLine } from '../status-line.ts';
import { palette, wantsColor } from '../terminal.ts';
import { reportText } from './report.ts';

/** What `lockstep compress` was told. */
export interface CompressArguments {
  readonly ensemble: string;
  /** In bytes. */
  readonly to: number;
  readonly dev: string;
  readonly out: string;
  readonly data?: string;
  readonly format?: 'text' | 'json';
  readonly backend?: BackendPreference;
}

/** What the command is made of; a test brings its own. */
export interface CompressParts {
  /** Throws if an ensemble cannot be saved in the folder. */
  readonly checkTarget: (folder: string) => Promise<void>;
  readonly folderOf: (model: string) => Promise<string | URL>;
  readonly readRows: ReadRows;
  readonly compress: (
    folder: string | URL,
    out: string,
    options: CompressEnsembleOptions,
  ) => Promise<CompressionReport>;
}

/** Makes an ensemble smaller; gives the exit code. */
export async function runCompress(args: CompressArguments, console: Console, parts?: CompressParts): Promise<number> {
  const { checkTarget, folderOf, readRows, compress } = parts ?? (await realParts());
  const { ensemble, to, dev, out, data, backend } = args;
  await checkTarget(out);
  const folder = await folderOf(ensemble);
  const { rows, bad } = await readLabelled(dev, console, readRows);
  const more =
    data === undefined ? { rows: [] as readonly Row[], bad: 0 } : await readLabelled(data, console, readRows);
  let done = 0;
  const status = new StatusLine(console, () => `looking for what to make smaller: ${Math.round(done * 100)} %`);
  try {
    const report = await compress(folder, out, {
      to,
      rows,
      on: dev === '-' ? 'rows of standard input' : basename(dev),
      texts: more.rows.map(({ text }) => text),
      backend,
      onProgress: (share) => {
        done = share;
        status.draw();
      },
    });
    status.stop();
    const { stdout, env } = console;
    stdout.write(
      args.format === 'json' ? `${JSON.stringify(report)}\n` : reportText(report, palette(wantsColor(stdout, env))),
    );
    say(console, `saved in ${out}`);
    return bad + more.bad > 0 ? EXIT.deadLetters : EXIT.fine;
  } finally {
    status.stop();
  }
}

async function realParts(): Promise<CompressParts> {
  const { checkTarget, compressEnsemble } = await import('../../src/ensemble/index.ts');
  return { checkTarget, folderOf, readRows: readUsable, compress: compressEnsemble };
}
